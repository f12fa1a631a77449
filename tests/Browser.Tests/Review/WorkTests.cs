using System.Text.RegularExpressions;
using Microsoft.Playwright;
using MoodStream.BrowserTests.Site;
using static Microsoft.Playwright.Assertions;

namespace MoodStream.BrowserTests.Review;

/// <summary>Cases one by one, as a person with a keyboard works them.</summary>
public sealed class WorkTests(ReviewSite site, Chromium chromium)
{
    private static readonly string[] Verdicts = ["in-distribution", "out-of-distribution", "unusable", "unsure"];

    [Fact]
    public async Task TenCases_ByKeyboardAloneFromTheSignInOn_AreDecidedAsTold()
    {
        await using var first = await site.StartFirstRunAsync();
        await site.OpenAsync("a-ten", JudgedImage.Faulty(10));
        var page = await chromium.OpenAsync(first.Address);

        await page.GotoAsync("/login");
        await Expect(page.Locator("#name")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("administrator");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync(await first.NewPasswordAsync());
        await page.Keyboard.PressAsync("Enter");
        for (var i = 0; i < 10; i++)
        {
            await page.SeeAsync($"faulty-{ReviewSite.Number(i)}");
            await page.Keyboard.PressAsync($"{1 + i % 4}");
        }

        await Expect(page.Locator("#state-title")).ToHaveTextAsync("All done");
        var decided = await site.CasesAsync("a-ten", "decided");
        Assert.Equal(
            Enumerable.Range(0, 10).Select(i => ($"faulty-{ReviewSite.Number(i)}", Verdicts[i % 4], "administrator")),
            decided.Select(c => (c.GetProperty("imageId").GetString()!, c.GetProperty("verdict").GetString()!, c.GetProperty("decidedBy").GetString()!)).Order());
    }

    [Fact]
    public async Task Undo_OfADecision_BringsTheCaseBackWithItsNote()
    {
        await site.OpenAsync("undo", JudgedImage.Faulty(3));
        var page = await chromium.OpenAsync(site.Gateway.Address);
        await page.SignInAsync("ann", "undo");
        await page.SeeAsync("faulty-000");
        await page.Locator("#note").FillAsync("a scratch at the rim");
        await page.Locator("#note").BlurAsync();

        await page.Keyboard.PressAsync("2");
        await page.SeeAsync("faulty-001");
        await Expect(page.Locator("#undo")).ToBeEnabledAsync();
        Assert.Single(await site.CasesAsync("undo", "decided"));
        await page.Keyboard.PressAsync("z");

        await page.SeeAsync("faulty-000");
        await Expect(page.Locator("#note")).ToHaveValueAsync("a scratch at the rim");
        Assert.Empty(await site.CasesAsync("undo", "decided"));
    }

    [Fact]
    public async Task HeatMap_KeyH_LiesOverTheImageUntilItIsUnwantedOrAnotherImageIsCompared()
    {
        await site.OpenAsync("heat", [.. JudgedImage.Faulty(2), .. JudgedImage.Sound(8)]);
        var page = await chromium.OpenAsync(site.Gateway.Address);
        await page.SignInAsync("ann", "heat");
        await page.SeeAsync("faulty-000");
        var (layer, button) = (page.Locator("#heat"), page.GetByRole(AriaRole.Button, new() { Name = "Heat map" }));
        await Expect(button).ToHaveAttributeAsync("aria-pressed", "false");

        await page.Keyboard.PressAsync("h");
        await Expect(layer).ToBeVisibleAsync();
        await Expect(button).ToHaveAttributeAsync("aria-pressed", "true");
        Assert.Equal(await BoxAsync(page.Locator("#image")), await BoxAsync(layer));

        await page.Keyboard.PressAsync("c");
        await Expect(layer).ToBeHiddenAsync();
        await page.Keyboard.PressAsync("c");
        await Expect(layer).ToBeVisibleAsync();

        await page.Keyboard.PressAsync("1");
        await page.SeeAsync("faulty-001");
        await Expect(layer).ToBeVisibleAsync();                                  // what is wanted stays from case to case
        await button.ClickAsync();
        await Expect(layer).ToBeHiddenAsync();
    }

    [Fact]
    public async Task HeatMap_WhereThereIsNone_IsNotOffered()
    {
        await site.OpenAsync("no-heat", JudgedImage.Faulty(1).Select(i => i with { HeatMap = null }));
        var page = await chromium.OpenAsync(site.Gateway.Address);
        await page.SignInAsync("ann", "no-heat");
        await page.SeeAsync("faulty-000");

        await page.Keyboard.PressAsync("h");

        await Expect(page.Locator("#heat-tools")).ToBeHiddenAsync();
        await Expect(page.Locator("#stage")).Not.ToHaveClassAsync(new Regex("heated"));
    }

    [Fact]
    public async Task TwoReviewers_AtOnce_NeverHoldTheSameCase()
    {
        const int Cases = 16;
        await site.OpenAsync("two", JudgedImage.Faulty(Cases));
        var ann = await chromium.OpenAsync(site.Gateway.Address);
        var ben = await chromium.OpenAsync(site.Gateway.Address);
        await Task.WhenAll(ann.SignInAsync("ann", "two"), ben.SignInAsync("ben", "two"));

        var seen = await Task.WhenAll(WorkAsync(ann), WorkAsync(ben));

        Assert.Empty(seen[0].Intersect(seen[1]));
        var decided = await site.CasesAsync("two", "decided");
        Assert.Equal(Cases, decided.Count);
        Assert.All(decided, its => Assert.Contains(
            its.GetProperty("imageId").GetString()!, its.GetProperty("decidedBy").GetString() == "ann" ? seen[0] : seen[1]));
        Assert.All(seen, own => Assert.NotEmpty(own));
    }

    /// <summary>Decides whatever is on the screen until nothing is; gives what was.</summary>
    private static async Task<List<string>> WorkAsync(IPage page)
    {
        var seen = new List<string>();
        while (true)
        {
            await Expect(page.Locator("#work:not([hidden]), #state:not([hidden]) #state-title:text('All done')")).ToHaveCountAsync(1);
            if (await page.Locator("#work").IsHiddenAsync()) return seen;
            var image = await page.ImageAsync();
            seen.Add(image);
            await page.Keyboard.PressAsync("2");
            await Expect(page.Locator($"#work:not([hidden]) #image[alt^='Image {image} of ']")).ToHaveCountAsync(0);
        }
    }

    private static async Task<(double X, double Y, double Width, double Height)> BoxAsync(ILocator element) =>
        (await element.BoundingBoxAsync()) is { } box ? (box.X, box.Y, box.Width, box.Height) : default;
}
