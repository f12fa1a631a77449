namespace MoodStream.Streaming.Settings;

/// <summary>One setting that is not allowed as it is.</summary>
/// <param name="Key">Key below the section, for instance <c>Client:sasl.password</c>.</param>
/// <param name="Value">The value as it may be shown; a secret is shown as <c>***</c>.</param>
/// <param name="Allowed">What is allowed, as a phrase.</param>
public readonly record struct SettingProblem(string Key, object? Value, string Allowed);

/// <summary>Settings with rules that one attribute on one property cannot say.</summary>
public interface ICheckedSettings
{
    /// <summary>Every broken rule; empty where all hold.</summary>
    IEnumerable<SettingProblem> Check();
}

/// <summary>The value of this setting is a secret: it is shown nowhere, not even when it is wrong.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretSettingAttribute : Attribute;

/// <summary>
/// These settings stand above the sections of others: a section below them that is none of theirs is left alone, a single value
/// is still a mistake.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class SettingsAboveAttribute : Attribute;
