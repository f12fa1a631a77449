using System.Net;
using System.Net.Sockets;

namespace MoodStream.TestKit;

/// <summary>Ports of the loopback that nobody listens on; somebody may before they are used, which no test can rule out.</summary>
public static class LoopbackPorts
{
    /// <summary>A port that the system picked.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Whether nobody listens on a port.</summary>
    public static bool IsFree(int port)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
