using Microsoft.Playwright;

namespace MoodStream.BrowserTests.Site;

/// <summary>What people do on the review page, by keyboard wherever a person can.</summary>
internal static class Reviewer
{
    /// <summary>Signs in with a key and opens a gate's cases one by one.</summary>
    public static async Task SignInAsync(this IPage page, string name, string gate)
    {
        await page.GotoAsync("/review");
        await Assertions.Expect(page.Locator("#key")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync(RunningGateway.KeyOf(name));
        await page.Keyboard.PressAsync("Enter");
        await page.OpenGateAsync(gate);
    }

    /// <summary>Chooses a gate.</summary>
    public static async Task OpenGateAsync(this IPage page, string gate)
    {
        await Assertions.Expect(page.Locator("#bar")).ToBeVisibleAsync();
        await page.Locator("#gate").SelectOptionAsync(gate);
        await page.Locator("#gate").BlurAsync();
        await Assertions.Expect(page.Locator("#gate")).ToHaveValueAsync(gate);
    }

    /// <summary>Id of the image on the screen; waits until it is one of the wanted, and its picture is there.</summary>
    public static async Task SeeAsync(this IPage page, string imageId)
    {
        await Assertions.Expect(page.Locator("#image")).ToHaveAttributeAsync("alt", new System.Text.RegularExpressions.Regex($"^Image {imageId} of "));
        await Assertions.Expect(page.Locator("#image")).ToBeVisibleAsync();
    }

    /// <summary>Id of the image on the screen.</summary>
    public static async Task<string> ImageAsync(this IPage page)
    {
        await Assertions.Expect(page.Locator("#work")).ToBeVisibleAsync();
        return (await page.Locator("#image").GetAttributeAsync("alt"))!.Split(' ')[1];
    }
}
