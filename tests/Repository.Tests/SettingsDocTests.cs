using System.Collections;
using System.Reflection;

namespace MoodStream.RepositoryTests;

/// <summary>docs/settings.md says what the settings types say: name, default, and the words of their doc comments.</summary>
public sealed class SettingsDocTests
{
    [Fact]
    public void Settings_Table_EqualsTheCode()
    {
        // Settings of one project hold groups of another, so the words of all projects are read.
        var comments = DocComments.OfTheProduct();
        var settings = Checkout.AssemblyNames.Keys.SelectMany(p => OfProject(p, comments)).OrderBy(s => s[0], StringComparer.Ordinal);

        DocTable.MustBe("docs/settings.md", "Settings", [.. settings]);
    }

    [Fact]
    public void SettingsTypes_OfEveryProject_NameTheirSection()
    {
        var homeless = Checkout.ProductTypes()
            .Where(t => t.Name.EndsWith("Settings", StringComparison.Ordinal) && t is { IsAbstract: false, IsNestedPrivate: false })
            .Where(t => SectionOf(t) is { } section && !section.StartsWith("MoodStream", StringComparison.Ordinal));

        Assert.Empty(homeless);
    }

    private static IEnumerable<string[]> OfProject(string project, DocComments comments) =>
        Checkout.AssemblyOf(project).GetTypes().Where(t => SectionOf(t) is not null)
            .SelectMany(t => Rows(SectionOf(t)!, t, Activator.CreateInstance(t, nonPublic: true)!, comments));

    private static string? SectionOf(Type type) =>
        type.GetField("Section", BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static) is { IsLiteral: true } field
            ? field.GetRawConstantValue() as string
            : null;

    private static IEnumerable<string[]> Rows(string section, Type type, object defaults, DocComments comments) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.SetMethod is { IsPublic: true })
            .SelectMany(p => RowsOf($"{section}:{p.Name}", p, p.GetValue(defaults), comments.Of(type, p).Replace("|", @"\|", StringComparison.Ordinal), comments));

    private static IEnumerable<string[]> RowsOf(
        string key, PropertyInfo property, object? value, string words, DocComments comments)
    {
        if (IsGroup(property.PropertyType) && value is not null) return Rows(key, property.PropertyType, value, comments);
        var named = property.PropertyType.IsGenericType ? property.PropertyType.GetGenericArguments().Last() : typeof(object);
        string[] row = [$"`{key}`", DefaultOf(value), words];
        return IsGroup(named) ? Rows($"{key}:<name>", named, Activator.CreateInstance(named)!, comments).Prepend(row) : [row];
    }

    private static bool IsGroup(Type type) =>
        type is { IsClass: true, Namespace: { } space } && space.StartsWith("MoodStream", StringComparison.Ordinal);

    private static string DefaultOf(object? value) => value switch
    {
        null => "none",
        string { Length: 0 } => "none",
        string text => $"`{text}`",
        TimeSpan time => $"`{Short(time)}`",
        bool flag => flag ? "`true`" : "`false`",
        IEnumerable list => list.Cast<object>().Any() ? $"`{string.Join(", ", list.Cast<object>())}`" : "none",
        _ => $"`{value}`",
    };

    private static string Short(TimeSpan time) =>
        time.Ticks % TimeSpan.TicksPerSecond == 0 ? time.ToString("c") : time.ToString("c").TrimEnd('0');
}
