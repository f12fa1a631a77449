using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace MoodStream.RepositoryTests;

/// <summary>Rules of style that no analyzer knows.</summary>
public sealed partial class StyleTests
{
    private const int MostLines = 300;

    private const BindingFlags Everything =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    [Fact]
    public void Files_OfSrc_HaveAtMost300Lines()
    {
        var tooLong = Checkout.Files("src", "*.cs", "*.html", "*.css", "*.js")
            .Select(f => (File: Checkout.Relative(f), Lines: File.ReadLines(f).Count()))
            .Where(f => f.Lines > MostLines);

        Assert.Empty(tooLong);
    }

    [Fact]
    public void Mood_Methods_AreNeverAsync()
    {
        var found = Checkout.AssemblyOf("Mood").GetTypes()
            .SelectMany(t => t.GetMethods(Everything))
            .Where(m => m.GetCustomAttribute<AsyncStateMachineAttribute>() is not null)
            .Select(m => $"{m.DeclaringType}.{m.Name}");

        Assert.Empty(found);
    }

    [Fact]
    public void Mood_Signatures_KnowNoStreamClockLoggerContainerOrSetting()
    {
        string[] foreign = ["System.TimeProvider", "Microsoft.Extensions.", "Confluent.", "StackExchange.", "System.Threading.Tasks.Task"];
        var found = Checkout.AssemblyOf("Mood").GetTypes()
            .SelectMany(t => t.GetMethods(Everything).Cast<MethodBase>().Concat(t.GetConstructors(Everything)))
            .SelectMany(m => m.GetParameters().Select(p => (Method: $"{m.DeclaringType}.{m.Name}", Type: p.ParameterType.FullName ?? "")))
            .Where(p => foreign.Any(f => p.Type.StartsWith(f, StringComparison.Ordinal)));

        Assert.Empty(found);
    }

    [Fact]
    public void Types_OfSrc_SayWhatTheyDo()
    {
        var vague = Sources("src").SelectMany(s => TypeName().Matches(s.Code)
            .Select(m => m.Groups["name"].Value)
            .Where(n => VagueSuffix().IsMatch(n))
            .Select(n => $"{s.File}: {n}"));

        Assert.Empty(vague);
    }

    [Fact]
    public void Folders_OfSrc_AreCapabilitiesNotKinds()
    {
        string[] kinds = ["Models", "Helpers", "Interfaces", "Utils", "Utilities", "Common", "Services", "Types", "Enums", "Extensions"];
        var found = Directory.EnumerateDirectories(Checkout.PathOf("src"), "*", SearchOption.AllDirectories)
            .Where(d => kinds.Contains(Path.GetFileName(d)))
            .Select(Checkout.Relative);

        Assert.Empty(found);
    }

    [Fact]
    public void Properties_OfTime_HaveATypeWithAUnit()
    {
        var unitless = Sources("src").SelectMany(s => UnitlessTime().Matches(s.Code).Select(m => $"{s.File}: {m.Value}"));

        Assert.Empty(unitless);
    }

    [Fact]
    public void Files_OfTheProduct_HoldNoUnfinishedWork()
    {
        var marks = new Regex(@"\b(TO" + @"DO|FIX" + @"ME|HA" + @"CK)\b|NotImplemented" + "Exception");
        var found = new[] { "src", "tests", "build", "deploy", "bench" }
            .SelectMany(folder => Checkout.Files(folder, "*.cs", "*.js", "*.html", "*.props", "*.targets", "*.csproj", "*.sh", "*.yml", "*.yaml"))
            .SelectMany(f => marks.Matches(File.ReadAllText(f)).Select(m => $"{Checkout.Relative(f)}: {m.Value}"));

        Assert.Empty(found);
    }

    [Fact]
    public void Tests_Waiting_IsByCondition()
    {
        var waits = Sources("tests").SelectMany(s => Wait().Matches(s.Code)
            .Where(_ => !s.File.StartsWith("tests/TestKit/", StringComparison.Ordinal))
            .Select(m => $"{s.File}: {m.Value}"));

        Assert.Empty(waits);
    }

    private static IEnumerable<(string File, string Code)> Sources(string folder) =>
        Checkout.Files(folder, "*.cs").Select(f =>
            (Checkout.Relative(f), SourceText.WithoutCommentsAndStrings(File.ReadAllText(f))));

    [GeneratedRegex(@"\b(?:class|struct|interface|enum|record(?:\s+(?:class|struct))?)\s+(?<name>[A-Z]\w*)")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"(Manager|Helpers?|Utils?|Utilities|Common|Base|Impl|Data|Info|Processor)$")]
    private static partial Regex VagueSuffix();

    [GeneratedRegex(@"\b(?:int|long|double|float)\??\s+\w*(?:Time|Timeout|Interval)\s*(?:\{|=>|,|\))")]
    private static partial Regex UnitlessTime();

    [GeneratedRegex(@"\bThread\.Sleep\s*\(|\bConsole\.Write\w*\s*\(")]
    private static partial Regex Wait();
}
