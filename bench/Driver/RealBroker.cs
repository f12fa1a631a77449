using System.Diagnostics;
using System.Globalization;
using System.Net;
using MoodStream.Cli.Terminal;
using MoodStream.Streaming.Kafka;

namespace MoodStream.Bench.Driver;

/// <summary>A real Apache Kafka of one or more nodes, run by a program <c>kafka</c> with the verbs start, stop, kill and restart.</summary>
internal sealed class RealBroker : IBenchBroker
{
    private const string LinkName = "LINK";
    private readonly string _program, _data;
    private readonly ClusterShape _shape;

    private RealBroker(string program, string data, int port, ClusterShape shape) =>
        (_program, _data, _shape, BootstrapServers) = (program, data, shape, Servers(port, shape.Brokers));

    /// <inheritdoc/>
    public string BootstrapServers { get; }

    /// <inheritdoc/>
    public KafkaProfile Profile => KafkaProfile.Production;

    /// <inheritdoc/>
    public int Kills { get; private set; }

    /// <summary>The links to the brokers by node, the first at 0; none where the shape has none.</summary>
    public IReadOnlyList<FaultyLink> Links { get; private set; } = [];

    /// <summary>Client settings that lead to the brokers through the links, <c>KEY=VALUE</c>.</summary>
    public IReadOnlyList<string> SettingsThroughLinks
    {
        get
        {
            const string section = KafkaSettings.Section, client = $"{section}:Client";
            var servers = $"{section}:BootstrapServers={Servers(Links[0].Port, Links.Count)}";
            return !_shape.Secure ? [servers] :
            [
                servers, $"{client}:security.protocol=sasl_ssl", $"{client}:sasl.mechanism=SCRAM-SHA-512", $"{client}:sasl.username=admin",
                $"{client}:sasl.password={File.ReadAllText(Secret("password")).Trim()}", $"{client}:ssl.ca.location={Secret("ca.pem")}",
            ];
        }
    }

    /// <summary>Starts it and, where asked for, the links to it.</summary>
    /// <param name="kafka">Folder with the program.</param>
    /// <param name="data">Folder of its data.</param>
    /// <param name="port">First of its ports.</param>
    /// <param name="shape">What kind.</param>
    /// <param name="seed">Seed of what the links corrupt.</param>
    /// <param name="clock">Tells the time.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="CliException">The folder holds no such program, or it failed.</exception>
    public static async Task<RealBroker> StartAsync(
        DirectoryInfo kafka, string data, int port, ClusterShape shape, int seed, TimeProvider clock, CancellationToken cancellation)
    {
        var program = Path.Combine(kafka.FullName, "kafka");
        if (!File.Exists(program)) throw new CliException($"{program}: there is no such program; --kafka names a folder that holds it.");
        var broker = new RealBroker(program, data, port, shape);
        string[] secure = shape.Secure ? ["--secure"] : [];
        await broker.CallAsync(
            cancellation, ["start", "--dir", data, "--port", $"{port}", "--brokers", $"{shape.Brokers}", .. secure,
                .. shape.Settings.SelectMany(s => new[] { "--set", s })]);
        if (shape.Linked) await broker.LinkAsync(port, seed, clock, cancellation);
        return broker;
    }

    /// <inheritdoc/>
    public async Task KillAsync(CancellationToken cancellation)
    {
        Kills++;
        await CallAsync(cancellation, "kill", "--dir", _data);
        await StartAgainAsync(cancellation);
    }

    /// <summary>Ends one node by SIGKILL and starts it again after a while.</summary>
    public async Task KillAsync(int node, TimeSpan absence, TimeProvider clock, CancellationToken cancellation)
    {
        Kills++;
        await CallAsync(cancellation, "kill", "--dir", _data, "--node", NumberOf(node));
        await Task.Delay(absence, clock, cancellation);
        await StartAgainAsync(cancellation);
    }

    /// <summary>Ends one node in order, which moves its leaders to the others, and starts it again.</summary>
    public Task RestartAsync(int node, CancellationToken cancellation) => CallAsync(cancellation, "restart", "--dir", _data, "--node", NumberOf(node));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var link in Links) await link.DisposeAsync();
        await CallAsync(CancellationToken.None, "stop", "--dir", _data);
    }

    // The program waits a minute, which a crowded machine may need longer than. Asked again, it goes on with what has started meanwhile.
    private async Task StartAgainAsync(CancellationToken cancellation)
    {
        try
        {
            await CallAsync(cancellation, "start", "--dir", _data);
        }
        catch (CliException)
        {
            await CallAsync(cancellation, "start", "--dir", _data);
        }
    }

    private static string NumberOf(int node) => (node + 1).ToString(CultureInfo.InvariantCulture);

    private static string Servers(int port, int brokers) => string.Join(',', Enumerable.Range(port, brokers).Select(p => $"127.0.0.1:{p}"));

    private string Secret(string file) => Path.Combine(_data, "secure", file);

    /// <summary>
    /// Gives each node a listener that it advertises at the port of a link: whoever asks there for brokers is led through the links.
    /// </summary>
    private async Task LinkAsync(int port, int seed, TimeProvider clock, CancellationToken cancellation)
    {
        await CallAsync(cancellation, "stop", "--dir", _data);
        for (var node = 0; node < _shape.Brokers; node++) AddListener(node, port);
        await CallAsync(cancellation, "start", "--dir", _data);
        Links = [.. Enumerable.Range(0, _shape.Brokers).Select(node => new FaultyLink(
            port + ClusterShape.Links + node, new IPEndPoint(IPAddress.Loopback, port + ClusterShape.BehindLinks + node), seed + node, clock))];
    }

    private void AddListener(int node, int port)
    {
        var file = Path.Combine(_data, $"node-{NumberOf(node)}", "server.properties");
        var kept = File.ReadLines(file).Select(l => l.Split('=', 2)).Where(p => p.Length == 2).ToLookup(p => p[0], p => p[1]);
        var protocol = _shape.Secure ? "SASL_SSL" : "PLAINTEXT";
        File.AppendAllLines(file,
        [
            // What a properties file says last holds.
            Extended("listeners", $"{LinkName}://127.0.0.1:{port + ClusterShape.BehindLinks + node}"),
            Extended("advertised.listeners", $"{LinkName}://127.0.0.1:{port + ClusterShape.Links + node}"),
            Extended("listener.security.protocol.map", $"{LinkName}:{protocol}"),
            "listener.name.link.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;",
        ]);

        string Extended(string key, string value) => $"{key}={kept[key].Last()},{value}";
    }

    private async Task CallAsync(CancellationToken cancellation, params string[] arguments)
    {
        // What it starts keeps its output open: that goes nowhere, so that nobody waits for it.
        var call = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" >/dev/null 2>&1", "sh", _program, .. arguments]);
        using var process = Process.Start(call)!;
        await process.WaitForExitAsync(cancellation);
        if (process.ExitCode != 0) throw new CliException($"{_program} {string.Join(' ', arguments)} ended with exit code {process.ExitCode}.");
    }
}
