using System.Net;
using System.Net.Sockets;

namespace MoodStream.Bench.Driver;

/// <summary>Ports for processes of a benchmark.</summary>
internal static class LoopbackPort
{
    /// <summary>A loopback port that nobody listens on.</summary>
    public static int Free()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }
}
