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

    /// <summary>Waits until an image is on the screen: its words and its picture at once, since a hidden page keeps the words of the image before.</summary>
    public static Task SeeAsync(this IPage page, string imageId) =>
        Assertions.Expect(page.Locator($"#image[alt^='Image {imageId} of ']")).ToBeVisibleAsync();

    /// <summary>Id of the image on the screen.</summary>
    public static async Task<string> ImageAsync(this IPage page)
    {
        await Assertions.Expect(page.Locator("#work")).ToBeVisibleAsync();
        return (await page.Locator("#image").GetAttributeAsync("alt"))!.Split(' ')[1];
    }
}
