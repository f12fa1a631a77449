namespace MoodStream.Cli.Embedded;

/// <summary>The port of an embedded server is in use by another program.</summary>
public sealed class EmbeddedPortTakenException(string server, int port, Exception? inner = null) : IOException(
    $"Embedded {server} cannot listen on 127.0.0.1:{port}: another program does. End that program, or choose another port.", inner)
{
    /// <summary>The port that is taken.</summary>
    public int Port { get; } = port;
}
