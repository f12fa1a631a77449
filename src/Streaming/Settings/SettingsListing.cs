using System.Collections;
using System.Globalization;
using System.Reflection;

namespace MoodStream.Streaming.Settings;

/// <summary>One setting as it holds.</summary>
/// <param name="Key">Full key.</param>
/// <param name="Value">Its value as text.</param>
/// <param name="Secret">Whether the value is shown nowhere.</param>
public readonly record struct HeldSetting(string Key, string Value, bool Secret);

/// <summary>Lists settings as they hold, defaults among them.</summary>
public static class SettingsListing
{
    // Settings of clients are named by others: these words are in the names of their secrets.
    private static readonly string[] SecretWords = ["password", "secret", "key", "token", "credential"];

    /// <summary>Every setting that has a value.</summary>
    /// <param name="section">Full key of the section.</param>
    /// <param name="settings">The settings object.</param>
    public static IEnumerable<HeldSetting> Of(string section, object settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return settings.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.SetMethod is not null)
            .SelectMany(property => OfValue(
                $"{section}:{property.Name}", property.GetValue(settings), property.IsDefined(typeof(SecretSettingAttribute))));
    }

    private static IEnumerable<HeldSetting> OfValue(string key, object? value, bool secret) => value switch
    {
        null => [],
        string text => [new(key, text, secret)],
        IDictionary named => named.Keys.Cast<string>().SelectMany(name =>
            OfValue($"{key}:{name}", named[name], secret || (named[name] is string && SoundsSecret(name)))),
        IEnumerable list => [new(key, string.Join(", ", list.Cast<object>().Select(Text)), secret)],
        _ when value.GetType() is { IsClass: true, Namespace: { } space } && space.StartsWith("MoodStream", StringComparison.Ordinal) => Of(key, value),
        _ => [new(key, Text(value), secret)],
    };

    private static bool SoundsSecret(string name) => SecretWords.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static string Text(object value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty;
}
