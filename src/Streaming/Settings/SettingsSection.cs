using System.Collections;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace MoodStream.Streaming.Settings;

/// <summary>Reads one configuration section into a settings object and tells everything that is wrong with it.</summary>
/// <remarks>
/// The framework's own binder stops at the first value it cannot convert and takes an unknown key for nothing; this one goes on,
/// so that all problems of all sections are told at once. Understood: scalars, enumerations, arrays and read-only lists,
/// dictionaries with text keys, and nested settings objects with a parameterless constructor.
/// </remarks>
internal sealed class SettingsSection(IConfiguration section, string path)
{
    private readonly List<string> _problems = [];

    /// <summary>What is wrong, one sentence each.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Sets every property that the section has a usable value for; all others keep their defaults.</summary>
    public void ReadInto(object settings) => ReadObject(section, path, settings);

    private void ReadObject(IConfiguration from, string at, object settings)
    {
        var properties = settings.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.SetMethod is not null).ToList();
        foreach (var child in from.GetChildren())
        {
            var property = properties.Find(p => p.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase));
            if (property is null && IsSection(child) && settings.GetType().IsDefined(typeof(SettingsAboveAttribute))) continue;
            if (property is null)
                _problems.Add($"{at}:{child.Key} is not a setting; settings there: {string.Join(", ", properties.Select(p => p.Name))}.");
            else if (Read(child, property.PropertyType, $"{at}:{property.Name}", IsSecret(property), property.GetValue(settings)) is { } value)
                property.SetValue(settings, value);
        }

        foreach (var property in properties) CheckAttributes(property, settings, at);
        if (settings is not ICheckedSettings rules) return;
        foreach (var problem in rules.Check()) _problems.Add(Sentence($"{at}:{problem.Key}", problem.Value, problem.Allowed));
    }

    /// <summary>Whether there are settings below it: some sources give such a section an empty value of its own.</summary>
    private static bool IsSection(IConfigurationSection child) => string.IsNullOrEmpty(child.Value) && child.GetChildren().Any();

    private object? Read(IConfigurationSection from, Type type, string at, bool secret, object? current)
    {
        var scalar = Nullable.GetUnderlyingType(type) ?? type;
        if (IsScalar(scalar)) return ReadScalar(from, scalar, at, secret);
        if (DictionaryValue(type) is { } valueType) return ReadDictionary(from, valueType, at, secret);
        if (ListElement(type) is { } elementType) return ReadList(from, elementType, at, secret);

        var nested = current ?? Activator.CreateInstance(type)!;
        ReadObject(from, at, nested);
        return nested;
    }

    private object? ReadScalar(IConfigurationSection from, Type type, string at, bool secret)
    {
        if (from.Value is not { } text) return null;
        if (type == typeof(string)) return text;
        try
        {
            if (type.IsEnum)
            {
                if (Enum.GetNames(type).Contains(text, StringComparer.OrdinalIgnoreCase)) return Enum.Parse(type, text, ignoreCase: true);
            }
            else if (TypeDescriptor.GetConverter(type).ConvertFromInvariantString(text) is { } value)
            {
                return value;
            }
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException or NotSupportedException)
        {
            // Told below, with what is allowed.
        }

        _problems.Add(Sentence(at, secret ? "***" : text, ScalarForm(type)));
        return null;
    }

    private IDictionary ReadDictionary(IConfigurationSection from, Type valueType, string at, bool secret)
    {
        var dictionary = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), valueType))!;
        foreach (var entry in Leaves(from, valueType))
            if (Read(entry.Section, valueType, $"{at}:{entry.Key}", secret, null) is { } value) dictionary[entry.Key] = value;
        return dictionary;
    }

    private Array ReadList(IConfigurationSection from, Type elementType, string at, bool secret)
    {
        var values = from.GetChildren().Select(c => Read(c, elementType, $"{at}:{c.Key}", secret, null)).OfType<object>().ToList();
        var array = Array.CreateInstance(elementType, values.Count);
        for (var i = 0; i < values.Count; i++) array.SetValue(values[i], i);
        return array;
    }

    private void CheckAttributes(PropertyInfo property, object settings, string at)
    {
        var value = property.GetValue(settings);
        foreach (var rule in property.GetCustomAttributes<ValidationAttribute>())
        {
            if (rule.IsValid(value)) continue;
            _problems.Add(Sentence($"{at}:{property.Name}", IsSecret(property) ? "***" : value, Allowed(rule, property.Name)));
        }
    }

    private static IEnumerable<(string Key, IConfigurationSection Section)> Leaves(IConfigurationSection from, Type valueType) =>
        from.GetChildren().Select(c => (c.Key, c)).Where(e => !IsScalar(valueType) || e.c.Value is not null);

    private static bool IsScalar(Type type) => type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(decimal)
        || type == typeof(TimeSpan) || type == typeof(Uri) || type == typeof(DateTimeOffset);

    private static Type? DictionaryValue(Type type) =>
        type.IsGenericType && type.GetGenericArguments() is [var key, var value] && key == typeof(string) ? value : null;

    private static Type? ListElement(Type type) =>
        type.IsArray ? type.GetElementType() : type.IsGenericType && type.GetGenericArguments() is [var element] ? element : null;

    private static bool IsSecret(PropertyInfo property) => property.IsDefined(typeof(SecretSettingAttribute));

    private static string ScalarForm(Type type) => type switch
    {
        { IsEnum: true } => string.Join(", ", Enum.GetNames(type)),
        _ when type == typeof(TimeSpan) => "a time span such as 00:00:30 or 00:00:00.250",
        _ when type == typeof(bool) => "true, false",
        _ when type == typeof(int) || type == typeof(long) || type == typeof(short) => "a whole number",
        _ => $"a {type.Name}",
    };

    private static string Allowed(ValidationAttribute rule, string name) => rule switch
    {
        RangeAttribute range => string.Create(CultureInfo.InvariantCulture, $"{Shown(range.Minimum)} to {Shown(range.Maximum)}"),
        RequiredAttribute => "any value but none",
        RegularExpressionAttribute expression => $"text that matches {expression.Pattern}",
        _ => rule.FormatErrorMessage(name),
    };

    private static string Sentence(string key, object? value, string allowed) =>
        string.Create(CultureInfo.InvariantCulture, $"{key} is '{Shown(value)}'; allowed: {allowed}.");

    // A time span with a fraction would show seven digits of it.
    private static object? Shown(object? value) => value is TimeSpan time && time.Ticks % TimeSpan.TicksPerSecond != 0
        ? time.ToString("c", CultureInfo.InvariantCulture).TrimEnd('0')
        : value;
}
