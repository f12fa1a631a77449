using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace MoodStream.RepositoryTests;

/// <summary>The summaries of the product's doc comments, as plain text.</summary>
internal sealed partial class DocComments
{
    private readonly Dictionary<string, XElement> _members;

    private DocComments(IEnumerable<XElement> members) => _members = members.ToDictionary(m => m.Attribute("name")!.Value);

    /// <summary>Those of all projects.</summary>
    public static DocComments OfTheProduct() => new(Checkout.AssemblyNames.Keys.SelectMany(p =>
        XDocument.Load(Path.ChangeExtension(Checkout.AssemblyOf(p).Location, ".xml")).Descendants("member")
            .Where(m => m.Attribute("name")!.Value.Contains(":MoodStream.", StringComparison.Ordinal))));

    /// <summary>Summary of a property, "" where it has none.</summary>
    /// <param name="type">The type it is read from.</param>
    /// <param name="property">The property.</param>
    public string Of(Type type, PropertyInfo property) => Summary($"P:{type.FullName}.{property.Name}");

    /// <summary>Summary of a constant, "" where it has none.</summary>
    public string Of(FieldInfo constant) => Summary($"F:{constant.DeclaringType!.FullName}.{constant.Name}");

    /// <summary>Summary of a type, "" where it has none.</summary>
    public string Of(Type type) => Summary($"T:{type.FullName}");

    private string Summary(string member) => _members.TryGetValue(member, out var comment)
        ? Blank().Replace(string.Concat(comment.Element("summary")!.Nodes().Select(Text)), " ").Trim()
        : "";

    private static string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "see" } see => $"`{(see.Attribute("cref") ?? see.Attribute("langword"))!.Value.Split('.', ':').Last()}`",
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement other => other.Value,
        _ => "",
    };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blank();
}
