using MoodStream.BrowserTests.Site;
using static Microsoft.Playwright.Assertions;

namespace MoodStream.BrowserTests.Review;

/// <summary>The connection to the gateway breaks in the middle of the work, and comes back.</summary>
public sealed class ConnectionTests(ReviewSite site, Chromium chromium)
{
    [Fact]
    public async Task Line_CutAndMended_IsToldAndNoDecisionIsLostOrDoubled()
    {
        await site.OpenAsync("line", JudgedImage.Faulty(3));
        var page = await chromium.OpenAsync(site.Gateway.Address);
        await page.SignInAsync("ann", "line");
        await page.SeeAsync("faulty-000");
        await page.Keyboard.PressAsync("1");
        // The next image is there before the gateway has answered; a decision that the cut holds up comes back, and is another story.
        await Expect(page.Locator("#toast")).ToContainTextAsync("in-distribution");
        await page.SeeAsync("faulty-001");

        await site.Gateway.CutAsync();
        await page.Keyboard.PressAsync("2");
        await Expect(page.Locator("#state-title")).ToHaveTextAsync("The gateway does not answer");
        await Expect(page.Locator("#connection")).ToHaveTextAsync("Connection lost");
        await Expect(page.Locator("#work")).ToBeHiddenAsync();

        site.Gateway.Mend();
        await page.SeeAsync("faulty-001");
        await Expect(page.Locator("#connection")).ToHaveAttributeAsync("data-state", "live");
        await page.Keyboard.PressAsync("2");
        await page.SeeAsync("faulty-002");
        await page.Keyboard.PressAsync("4");

        await Expect(page.Locator("#state-title")).ToHaveTextAsync("All done");
        Assert.Equal(
            [("faulty-000", "in-distribution"), ("faulty-001", "out-of-distribution"), ("faulty-002", "unsure")],
            (await site.CasesAsync("line", "decided")).Select(c => (c.GetProperty("imageId").GetString()!, c.GetProperty("verdict").GetString()!)).Order());
    }
}
