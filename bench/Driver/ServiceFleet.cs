using System.Diagnostics;
using System.Globalization;

namespace MoodStream.Bench.Driver;

/// <summary>Instances of a service as processes of their own, each with a name that it keeps when it is started again.</summary>
/// <remarks>Thread-safety: owned by one task at a time.</remarks>
internal sealed class ServiceFleet : IAsyncDisposable
{
    /// <summary>The service that joins no consumer group by name.</summary>
    public const string Gateway = "gateway";

    private const string ThreadsOfTorch = "OMP_NUM_THREADS";
    private readonly string _program, _logs, _service;
    private readonly Func<int, IReadOnlyList<string>> _settings;
    private readonly List<Member> _members = [];
    private readonly int _threads;

    /// <summary>Starts them.</summary>
    /// <param name="ports">HTTP port of each.</param>
    /// <param name="logs">Folder of their output.</param>
    /// <param name="settings">Settings of all, <c>KEY=VALUE</c>.</param>
    /// <param name="service">The service, which is the verb of <c>mood</c> too.</param>
    public ServiceFleet(IReadOnlyList<int> ports, string logs, IReadOnlyList<string> settings, string service = "scorer")
        : this(ports, logs, _ => settings, service)
    {
    }

    /// <summary>Starts them, each with settings of its own.</summary>
    /// <param name="ports">HTTP port of each.</param>
    /// <param name="logs">Folder of their output.</param>
    /// <param name="settings">Settings of a member by its number, <c>KEY=VALUE</c>.</param>
    /// <param name="service">The service, which is the verb of <c>mood</c> too.</param>
    public ServiceFleet(IReadOnlyList<int> ports, string logs, Func<int, IReadOnlyList<string>> settings, string service = "scorer")
    {
        (_logs, _settings, _service) = (logs, settings, service);
        _program = MoodProgram.Find();
        // Threads of libtorch wait by spinning: more of them than cores, and they keep each other from working.
        _threads = Math.Max(1, Environment.ProcessorCount / ports.Count);
        foreach (var port in ports) Add(port);
    }

    /// <summary>Processes ended by <see cref="Kill"/>.</summary>
    public int Kills { get; private set; }

    /// <summary>Processes that ended by themselves, and were started again.</summary>
    public int Crashes { get; private set; }

    /// <summary>Numbers of the members that have not been taken away.</summary>
    public IReadOnlyList<int> Members => [.. Enumerable.Range(0, _members.Count).Where(i => !_members[i].Removed)];

    private bool IsMemberOfGroup => _service != Gateway;

    /// <summary>HTTP address of a member.</summary>
    public Uri AddressOf(int member) => new($"http://127.0.0.1:{_members[member].Port}");

    /// <summary>Id of a member's process.</summary>
    public int ProcessIdOf(int member) => _members[member].Process.Id;

    /// <summary>Name of a member, which is its static membership too.</summary>
    public string NameOf(int member) => $"{_service}-{member}";

    /// <summary>File of what a member wrote.</summary>
    public string LogOf(int member) => Path.Combine(_logs, $"{NameOf(member)}.log");

    /// <summary>Starts one more.</summary>
    /// <returns>Its number.</returns>
    public int Add(int port)
    {
        _members.Add(new Member { Port = port, Process = Start(_members.Count, port) });
        return _members.Count - 1;
    }

    /// <summary>Ends one by SIGKILL and starts it again.</summary>
    public void Kill(int member)
    {
        _members[member].Process.Kill();
        _members[member].Process.WaitForExit();
        StartAgain(member);
        Kills++;
    }

    /// <summary>Ends one in order by SIGTERM; <see cref="StartAgain"/> brings it back.</summary>
    public async Task StopAsync(int member, CancellationToken cancellation)
    {
        Signal.Send(_members[member].Process, Signal.Terminate);
        await _members[member].Process.WaitForExitAsync(cancellation);
    }

    /// <summary>Starts one again that has ended.</summary>
    public void StartAgain(int member)
    {
        _members[member].Process.Dispose();
        _members[member].Process = Start(member, _members[member].Port);
    }

    /// <summary>Freezes one by SIGSTOP: it answers nobody and does not know it.</summary>
    public void Freeze(int member) => Signal.Send(_members[member].Process, Signal.Stop);

    /// <summary>Wakes one by SIGCONT.</summary>
    public void Thaw(int member) => Signal.Send(_members[member].Process, Signal.Continue);

    /// <summary>Ends one in order by SIGTERM, for good.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> RemoveAsync(int member, CancellationToken cancellation)
    {
        _members[member].Removed = true;
        await StopAsync(member, cancellation);
        return _members[member].Process.ExitCode;
    }

    /// <summary>Starts again whoever has ended by itself, as a supervisor would.</summary>
    public void Supervise()
    {
        foreach (var member in Members.Where(m => _members[m].Process.HasExited))
        {
            StartAgain(member);
            Crashes++;
        }
    }

    /// <summary>Ends all in order (SIGTERM) and waits for them.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var member in _members)
        {
            Signal.Send(member.Process, Signal.Continue);
            Signal.Send(member.Process, Signal.Terminate);
        }

        foreach (var member in _members)
        {
            await member.Process.WaitForExitAsync();
            member.Process.Dispose();
        }

        _members.Clear();
    }

    private Process Start(int member, int port)
    {
        string[] own = [_service, "--port", $"{port}", .. IsMemberOfGroup ? ["--set", $"MoodStream:{_service}:StaticMember={NameOf(member)}"] : Array.Empty<string>()];
        var start = new ProcessStartInfo("/bin/sh",
            ["-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1", "sh", LogOf(member), _program, .. own,
                .. _settings(member).SelectMany(s => new[] { "--set", s })]);
        start.Environment.TryAdd(ThreadsOfTorch, _threads.ToString(CultureInfo.InvariantCulture));
        return Process.Start(start)!;
    }

    private sealed class Member
    {
        public required int Port { get; init; }

        public required Process Process { get; set; }

        public bool Removed { get; set; }
    }
}
