using Microsoft.Playwright;
using MoodStream.BrowserTests.Site;
using static Microsoft.Playwright.Assertions;

namespace MoodStream.BrowserTests.Review;

/// <summary>Several cases at once: the grid, and the cases that are like one.</summary>
public sealed class GroupTests(ReviewSite site, Chromium chromium)
{
    private const int Kinds = 7;                                                 // kinds of faults that the line camera knows

    [Fact]
    public async Task SimilarCases_DecidedTogetherAndTakenBack_WaitAgain()
    {
        await site.OpenAsync("similar", JudgedImage.Faulty(3 * Kinds));
        var page = await chromium.OpenAsync(site.Gateway.Address);
        await page.SignInAsync("ann", "similar");
        await page.SeeAsync("faulty-000");
        await Expect(page.Locator("#similar-text")).ToHaveTextAsync("2 similar cases wait");

        await page.Keyboard.PressAsync("g");
        await Expect(page.Locator(".tile")).ToHaveCountAsync(3);
        await page.Keyboard.PressAsync("a");
        await Expect(page.Locator("#grid-selected")).ToHaveTextAsync("3 selected");
        await page.Keyboard.PressAsync("2");

        await page.SeeAsync("faulty-001");
        var decided = await site.CasesAsync("similar", "decided");
        Assert.Equal(
            ["faulty-000", "faulty-007", "faulty-014"], decided.Select(c => c.GetProperty("imageId").GetString()!).Order());
        Assert.All(decided, its => Assert.Equal("out-of-distribution", its.GetProperty("verdict").GetString()));

        await page.Keyboard.PressAsync("z");
        await Expect(page.Locator("#toast")).ToHaveTextAsync("3 of 3 taken back; they wait again.");
        Assert.Empty(await site.CasesAsync("similar", "decided"));
    }

    [Fact]
    public async Task Grid_SelectedByKeyboard_DecidesThoseAlone()
    {
        await site.OpenAsync("grid", JudgedImage.Faulty(6));
        var page = await chromium.OpenAsync(site.Gateway.Address);
        await page.SignInAsync("ann", "grid");
        await page.SeeAsync("faulty-000");
        await page.GetByRole(AriaRole.Button, new() { Name = "Grid" }).PressAsync("Enter");
        await Expect(page.Locator(".tile")).ToHaveCountAsync(6);

        await page.Locator(".tile").First.FocusAsync();
        await page.Keyboard.PressAsync("Space");
        await page.Keyboard.PressAsync("ArrowRight");
        await page.Keyboard.PressAsync("Space");
        await Expect(page.Locator("#grid-selected")).ToHaveTextAsync("2 selected");
        await page.Keyboard.PressAsync("3");

        await Expect(page.Locator(".tile")).ToHaveCountAsync(4);
        Assert.Equal(2, (await site.CasesAsync("grid", "decided")).Count(c => c.GetProperty("verdict").GetString() == "unusable"));
    }
}
