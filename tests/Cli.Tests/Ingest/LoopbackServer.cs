using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using MoodStream.TestKit;

namespace MoodStream.CliTests.Ingest;

/// <summary>A server of somebody else's on loopback for one test, in a folder of its own; ended, hard, with it.</summary>
internal sealed class LoopbackServer : IDisposable
{
    private readonly Process _process;

    private LoopbackServer(Process process) => _process = process;

    /// <summary>Starts a program and waits until it listens.</summary>
    public static async Task<LoopbackServer> StartAsync(int port, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        var server = new LoopbackServer(Process.Start(start)!);
        // Read away, so that a talkative server does not wait for room.
        server._process.OutputDataReceived += (_, _) => { };
        server._process.ErrorDataReceived += (_, _) => { };
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        await TestKit.Eventually.HoldsAsync(async () =>
        {
            Assert.False(server._process.HasExited, $"{program} has ended");
            using var probe = new TcpClient();
            try
            {
                await probe.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        }, $"{program} listens on {port}");
        return server;
    }

    /// <summary>Path of an installed program; skips the test, with the reason, where there is none.</summary>
    public static string Require(string program, string package)
    {
        // Debian puts servers where not everybody's path leads.
        var found = Programs.Find(program) ?? Programs.Find(Path.Combine("/usr/sbin", program));
        if (found is null) Assert.Skip($"needs {program} ({package})");
        return found!;
    }

    /// <summary>Runs a program to its end; fails where it does, with what it said.</summary>
    public static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (said, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {await said}{await errors}");
    }

    /// <summary>Ends it as a power cut does.</summary>
    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
