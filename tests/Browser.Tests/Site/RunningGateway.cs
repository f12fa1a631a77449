using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MoodStream.Cli.Embedded;
using MoodStream.Gateway;
using MoodStream.Gateway.Review.Access;
using MoodStream.Gateway.Review.Sessions;
using MoodStream.TestKit;

namespace MoodStream.BrowserTests.Site;

/// <summary>The gateway as its own host starts it, behind a line that can be cut.</summary>
internal sealed class RunningGateway : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly IPEndPoint _listening;
    private LoopbackForwarder _line;

    private RunningGateway(WebApplication app, IPEndPoint listening)
    {
        (_app, _listening) = (app, listening);
        _line = new LoopbackForwarder(0, listening);
        Address = new Uri($"http://127.0.0.1:{_line.EndPoint.Port}");
    }

    /// <summary>Where browsers find it.</summary>
    public Uri Address { get; }

    /// <summary>Its services.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Starts a gateway.</summary>
    /// <param name="settings">Its settings by their full keys.</param>
    public static async Task<RunningGateway> StartAsync(IEnumerable<(string Key, string Value)> settings)
    {
        var port = LoopbackPorts.Free();
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(
            settings.Append(("MoodStream:Gateway:Url", $"http://127.0.0.1:{port}")).Select(s => KeyValuePair.Create<string, string?>(s.Item1, s.Item2)));
        builder.Logging.ClearProviders();
        builder.AddGateway();
        var app = builder.Build();
        app.MapGateway();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new(app, new IPEndPoint(IPAddress.Loopback, port));
    }

    /// <summary>Another password for the administrator of the first start.</summary>
    public Task<string> NewPasswordAsync() =>
        Services.GetRequiredService<LocalAdministrator>().ChangeAsync(TestContext.Current.CancellationToken);

    /// <summary>Settings of a person with a key.</summary>
    public static IEnumerable<(string Key, string Value)> Person(string name, string role) =>
    [
        ($"MoodStream:Review:Keys:{name}:Sha256", KeyRing.HashOf(KeyOf(name))), ($"MoodStream:Review:Keys:{name}:Roles:0", role),
    ];

    /// <summary>The key of a person.</summary>
    public static string KeyOf(string name) => $"key of {name}";

    /// <summary>Cuts the line: connections break, and none can be made.</summary>
    public ValueTask CutAsync() => _line.DisposeAsync();

    /// <summary>Mends the line.</summary>
    public void Mend() => _line = new LoopbackForwarder(Address.Port, _listening);

    public async ValueTask DisposeAsync()
    {
        await _line.DisposeAsync();
        await _app.DisposeAsync();
    }
}
