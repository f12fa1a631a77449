using System.Diagnostics;
using System.Globalization;
using MoodStream.Cli.Terminal;

namespace MoodStream.Bench.Driver;

/// <summary>Instances of a service as processes of their own, each with a name that it keeps when it is started again.</summary>
internal sealed class ServiceFleet : IAsyncDisposable
{
    private const string Program = "mood";
    private const int Terminate = 15;
    private static readonly string BesideInCheckout = Path.Combine("..", "..", "Cli", "release");
    private readonly string _program, _logs, _service;
    private readonly IReadOnlyList<string> _settings;
    private readonly Process[] _processes;
    private readonly IReadOnlyList<int> _ports;

    /// <summary>Starts them.</summary>
    /// <param name="ports">HTTP port of each.</param>
    /// <param name="logs">Folder of their output.</param>
    /// <param name="settings">Settings of all, <c>KEY=VALUE</c>.</param>
    /// <param name="service">The service, which is the verb of <c>mood</c> too.</param>
    public ServiceFleet(IReadOnlyList<int> ports, string logs, IReadOnlyList<string> settings, string service = "scorer")
    {
        (_ports, _logs, _settings, _service) = (ports, logs, settings, service);
        string[] folders = [Path.Combine(AppContext.BaseDirectory, BesideInCheckout), AppContext.BaseDirectory];
        _program = folders.Select(f => Path.Combine(f, Program)).FirstOrDefault(File.Exists)
            ?? throw new CliException($"{Program} is not built; run ./mood bench in a checkout.");
        _processes = [.. Enumerable.Range(0, ports.Count).Select(Start)];
    }

    /// <summary>Processes ended by <see cref="Kill"/>.</summary>
    public int Kills { get; private set; }

    /// <summary>Ends one by SIGKILL and starts it again.</summary>
    public void Kill(int member)
    {
        _processes[member].Kill();
        _processes[member].WaitForExit();
        _processes[member].Dispose();
        _processes[member] = Start(member);
        Kills++;
    }

    /// <summary>Starts again whoever has ended by itself, as a supervisor would.</summary>
    public void Supervise()
    {
        for (var i = 0; i < _processes.Length; i++)
        {
            if (!_processes[i].HasExited) continue;
            _processes[i].Dispose();
            _processes[i] = Start(i);
        }
    }

    /// <summary>Ends all in order (SIGTERM) and waits for them.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes.Where(p => !p.HasExited))
        {
            using var kill = Process.Start("kill", [$"-{Terminate}", process.Id.ToString(CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync();
        }

        foreach (var process in _processes)
        {
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    private Process Start(int member)
    {
        var log = Path.Combine(_logs, $"{_service}-{member}.log");
        string[] own =
        [
            _service, "--port", $"{_ports[member]}", "--set", $"MoodStream:{_service}:StaticMember={_service}-{member}",
        ];
        return Process.Start(new ProcessStartInfo("/bin/sh",
            ["-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1", "sh", log, _program, .. own, .. _settings.SelectMany(s => new[] { "--set", s })]))!;
    }
}
