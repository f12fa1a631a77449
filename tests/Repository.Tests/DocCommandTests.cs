using System.CommandLine;
using System.Reflection;
using System.Text.RegularExpressions;

namespace MoodStream.RepositoryTests;

/// <summary>What the pages tell a reader to type exists: verbs and options of <c>mood</c>.</summary>
public sealed partial class DocCommandTests
{
    private static readonly Command[] Commands = [.. Checkout.AssemblyOf("Cli").GetTypes()
        .SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
        .Where(m => m.ReturnType == typeof(Command) && m.GetParameters().Length == 0)
        .Select(m => (Command)m.Invoke(null, null)!)];

    // Some commands are made by a method of their own and belong below a verb, such as those of ingest. A verb may share
    // its name with such a one, as verify does with audit's: what tells them apart is whether it takes the same options.
    private static readonly Dictionary<string, Command> Verbs = Commands
        .Where(c => !Commands.Any(other => other.Subcommands.Any(s => s.Name == c.Name && SameOptions(s, c))))
        .ToDictionary(c => c.Name);

    [Fact]
    public void Commands_OfEveryPage_NameVerbsAndOptionsThatExist()
    {
        var commands = Checkout.Files(".", "*.md").SelectMany(CommandsOf).ToArray();

        Assert.NotEmpty(commands);
        Assert.Empty(commands.SelectMany(c => Unknown(c.Command).Select(u => $"{c.Page}: '{u}' in {c.Command}")));
    }

    [Fact]
    public void CommandPage_Headings_TellEveryVerb()
    {
        var page = Checkout.Read("docs", "command.md");
        var table = VerbLink().Matches(page).SelectMany(m => m.Groups[1].Value.Split(", "));

        Assert.Equal(Verbs.Keys.Order(), table.Order());
    }

    /// <summary>Commands of a page, each on one line: a backslash continues a line.</summary>
    private static IEnumerable<(string Page, string Command)> CommandsOf(string file)
    {
        var code = string.Join('\n', new MarkdownPage(file).Code);
        return Continued().Replace(code, " ").Split('\n')
            .Select(l => MoodLine().Match(l)).Where(m => m.Success)
            .Select(m => (Checkout.Relative(file), m.Groups[1].Value));
    }

    private static IEnumerable<string> Unknown(string command)
    {
        var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words[0] is "--help" or "VERB") return [];
        if (!Verbs.TryGetValue(words[0], out var verb)) return [words[0]];
        if (verb.Name == "bench") return [];                 // a program of its own, with options of its own
        var known = OptionsOf(verb).SelectMany(o => o.Aliases.Append(o.Name)).Append("--help").ToHashSet();
        return words.Skip(1).Select(w => w.Trim('[', ']')).Where(w => w.StartsWith("--", StringComparison.Ordinal) && !known.Contains(w));
    }

    private static bool SameOptions(Command one, Command other) =>
        one.Options.Select(o => o.Name).SequenceEqual(other.Options.Select(o => o.Name));

    private static IEnumerable<Option> OptionsOf(Command command) =>
        command.Options.Concat(command.Subcommands.SelectMany(OptionsOf));

    [GeneratedRegex(@"\\\n\s*")]
    private static partial Regex Continued();

    [GeneratedRegex(@"^\s*(?:\w+=\S+ )?\./mood ([A-Za-z-].*?)\s*(?:[|>#].*)?$")]
    private static partial Regex MoodLine();

    [GeneratedRegex(@"^\| \[([a-z, ]+)\]\(#", RegexOptions.Multiline)]
    private static partial Regex VerbLink();
}
