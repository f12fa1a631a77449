using System.Runtime.CompilerServices;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using MoodStream.BrowserTests.Site;
using MoodStream.Contracts;
using MoodStream.TestKit;
using static Microsoft.Playwright.Assertions;

namespace MoodStream.BrowserTests.Views;

/// <summary>Every view in light and dark: nobody is shut out by it, nothing is wider than the window, and a picture for people to look at.</summary>
public sealed class ViewTests(ReviewSite site, Chromium chromium)
{
    private static readonly string[] Grave = ["serious", "critical"];
    private static readonly string Pictures = Directory.CreateDirectory(
        Path.Combine(SharedFiles.Checkout, "artifacts", "test-results", "pages")).FullName;

    /// <summary>Views that the documents show; taken anew with <c>UPDATE_DOCS=1</c> in the environment.</summary>
    private static readonly string[] InDocuments = ["work-heat-map", "operate"];

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Views_OfAReviewer_AreForEverybody(ColorScheme theme)
    {
        var gate = await PrepareAsync(theme);
        var page = await chromium.OpenAsync(site.Gateway.Address, theme);

        await page.GotoAsync("/login");
        await Expect(page.Locator("#key")).ToBeVisibleAsync();
        await LookAsync(page, "sign-in", theme);
        await page.GotoAsync("/review");
        await Expect(page.Locator("#key")).ToBeFocusedAsync();
        await LookAsync(page, "review-key", theme);

        await page.SignInAsync("ann", gate);
        await page.SeeAsync("faulty-000");
        await Expect(page.Locator(".neighbour")).ToHaveCountAsync(6);
        await Expect(page.Locator("#similar")).ToBeVisibleAsync();
        await LookAsync(page, "work", theme);
        await page.Keyboard.PressAsync("h");
        await Expect(page.Locator("#heat")).ToBeVisibleAsync();
        await LookAsync(page, "work-heat-map", theme);
        await page.Keyboard.PressAsync("h");
        await page.Keyboard.PressAsync("c");
        await LookAsync(page, "work-compare", theme);
        await page.Keyboard.PressAsync("?");
        await Expect(page.Locator("#help")).ToBeVisibleAsync();
        await LookAsync(page, "help", theme);
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("g");
        await Expect(page.Locator(".tile")).ToHaveCountAsync(4);
        await page.Keyboard.PressAsync("a");
        await LookAsync(page, "similar", theme);
        await page.Keyboard.PressAsync("Escape");
        await page.GetByRole(AriaRole.Button, new() { Name = "Grid" }).ClickAsync();
        await Expect(page.Locator(".tile")).ToHaveCountAsync(28);
        await LookAsync(page, "grid", theme);
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task States_WithoutACase_AreForEverybody(ColorScheme theme)
    {
        var gate = $"empty-{theme.ToString().ToLowerInvariant()}";
        await site.OpenAsync(gate, JudgedImage.Faulty(1));
        var page = await chromium.OpenAsync(site.Gateway.Address, theme);
        await page.SignInAsync("ann", gate);
        await page.SeeAsync("faulty-000");
        await page.Keyboard.PressAsync("2");
        await Expect(page.Locator("#state-title")).ToHaveTextAsync("All done");
        await LookAsync(page, "all-done", theme);

        await site.Gateway.CutAsync();
        await Expect(page.Locator("#state-title")).ToHaveTextAsync("The gateway does not answer");
        await LookAsync(page, "connection-lost", theme);
        site.Gateway.Mend();
        await Expect(page.Locator("#state-title")).ToHaveTextAsync("All done");
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Views_OfAnOperatorAndTheLiveGate_AreForEverybody(ColorScheme theme)
    {
        var gate = await PrepareAsync(theme);
        var page = await chromium.OpenAsync(site.Gateway.Address, theme);
        await page.GotoAsync("/operate");
        await Expect(page.Locator("#state-link")).ToBeVisibleAsync();
        await LookAsync(page, "operate-sign-in", theme);
        await page.SignInAsync("opa", gate);
        await page.GotoAsync("/operate");
        await page.OpenGateAsync(gate);
        await Expect(page.Locator("#versions tr")).ToHaveCountAsync(3);
        await LookAsync(page, "operate", theme);
        await page.Locator("#refit").ClickAsync();
        await Expect(page.Locator("#confirm")).ToBeVisibleAsync();
        await LookAsync(page, "operate-confirm", theme);

        await page.GotoAsync("/");
        await Expect(page.Locator("#connection")).ToHaveAttributeAsync("data-state", "live");
        await LookAsync(page, "live", theme);
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Views_OnATablet_FitIt(ColorScheme theme)
    {
        var gate = await PrepareAsync(theme);
        var page = await chromium.OpenAsync(site.Gateway.Address, theme, width: 820, height: 1180);
        await page.SignInAsync("ann", gate);
        await page.SeeAsync("faulty-000");
        await Expect(page.Locator(".neighbour")).ToHaveCountAsync(6);
        await LookAsync(page, "tablet-work", theme);
        await page.GetByRole(AriaRole.Button, new() { Name = "Grid" }).ClickAsync();
        await Expect(page.Locator(".tile")).ToHaveCountAsync(28);
        await LookAsync(page, "tablet-grid", theme);
    }

    /// <summary>Gives a test a gate of its own, whose cases nobody else has claimed: three versions, accepted images, and cases.</summary>
    private async Task<string> PrepareAsync(ColorScheme theme, [CallerMemberName] string test = "")
    {
        var gate = $"{test.Split('_')[1].ToLowerInvariant()}-{theme.ToString().ToLowerInvariant()}";
        await site.PublishAsync(gate, Header(gate), activate: true);
        await site.PublishAsync(gate, Header(gate, parent: 1), activate: true);
        await site.PublishAsync(gate, Header(gate, parent: 2, refused: true), activate: false);
        await site.OpenAsync(gate, [.. JudgedImage.Sound(40), .. JudgedImage.Faulty(28)]);
        return gate;
    }

    /// <summary>Takes the picture, and lets axe and the window judge.</summary>
    private static async Task LookAsync(IPage page, string view, ColorScheme theme)
    {
        await page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, $"{view}-{theme.ToString().ToLowerInvariant()}.png") });
        if (theme == ColorScheme.Light && InDocuments.Contains(view) && Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
            await page.ScreenshotAsync(new()
            {
                Path = Path.Combine(SharedFiles.Checkout, "docs", "pictures", $"{view}.jpg"), Type = ScreenshotType.Jpeg, Quality = 80,
            });
        var found = (await page.RunAxe()).Violations.Where(v => Grave.Contains(v.Impact)).ToList();
        Assert.True(found.Count == 0, $"{view}, {theme}:\n{string.Join('\n', found.SelectMany(Tell))}");
        Assert.Equal(
            (view, 0), (view, await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth")));
    }

    private static IEnumerable<string> Tell(AxeResultItem rule) =>
        rule.Nodes.Select(node => $"{rule.Id} ({rule.Impact}): {rule.Help}: {node.Html} {string.Join("; ", node.Any.Select(c => c.Message))}");

    private static StatisticsVersion Header(string gate, long? parent = null, bool refused = false) => new()
    {
        Gate = gate, ModelHash = "00112233445566aa", PreprocessingHash = "ffeeddccbbaa9988", Detector = "mahalanobis++", Count = 5_200,
        EffectiveCount = 4_812.4, ClassCount = 1, FeatureDimension = 192, Shrinkage = 0.04, TargetFalseAlarmRate = 0.05,
        Threshold = ReviewSite.Threshold, CalibrationCount = 640, Parent = parent, Author = parent is null ? "mood fit" : "trainer",
        Reason = parent is null ? "Fitted to the first week." : "4,000 images were learned since the last refit.",
        CreatedAt = TimeProvider.System.GetUtcNow().AddHours(parent is null ? -30 : -4),
        Guards = parent is null
            ? []
            :
            [
                new() { Name = "effective_size", Value = 4_812, Limit = 1_930, Passed = true, Explanation = "There are enough images." },
                new()
                {
                    Name = "mean_shift", Value = refused ? 0.61 : 0.12, Limit = 0.5, Passed = !refused,
                    Explanation = refused ? "A mean has moved far from the approved version. Look at the images." : "The means are where they were.",
                },
            ],
    };
}
