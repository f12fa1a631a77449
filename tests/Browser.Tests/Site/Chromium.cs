using Microsoft.Playwright;
using MoodStream.TestKit;

[assembly: AssemblyFixture(typeof(MoodStream.BrowserTests.Site.Chromium))]
// Two cores: browsers side by side would only wait for each other.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace MoodStream.BrowserTests.Site;

/// <summary>Debian's Chromium without a window, driven by Playwright, whose driver comes in its package; one for all tests.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string? Program = Programs.Find("chromium");
    private IPlaywright? _driver;
    private IBrowser? _browser;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (Program is null) return;
        Assertions.SetDefaultExpectTimeout(20_000);
        _driver = await Playwright.CreateAsync();
        _browser = await _driver.Chromium.LaunchAsync(new() { ExecutablePath = Program, Args = ["--disable-gpu", "--disable-dev-shm-usage"] });
    }

    /// <summary>A person at a browser of his or her own; skips the test where there is no Chromium.</summary>
    /// <param name="address">Address of the gateway.</param>
    /// <param name="theme">What the system prefers.</param>
    /// <param name="width">Width of the window, in CSS pixels.</param>
    /// <param name="height">Height of the window, in CSS pixels.</param>
    public async Task<IPage> OpenAsync(Uri address, ColorScheme theme = ColorScheme.Light, int width = 1280, int height = 800)
    {
        if (_browser is null) Assert.Skip("needs Debian's chromium on the path");
        var context = await _browser!.NewContextAsync(new()
        {
            BaseURL = address.ToString(), ColorScheme = theme, ReducedMotion = ReducedMotion.Reduce, Locale = "en-GB",
            ViewportSize = new() { Width = width, Height = height },
        });
        context.SetDefaultTimeout(20_000);
        return await context.NewPageAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _driver?.Dispose();
    }
}
