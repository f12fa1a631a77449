using System.Reflection;
using System.Xml.Linq;

namespace MoodStream.RepositoryTests;

/// <summary>The arrows of docs/architecture.md, as the project files state them and as the compiler left them.</summary>
public sealed class ReferenceTests
{
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Contracts"] = [],
        ["Mood"] = [],
        ["Streaming"] = ["Contracts"],
        ["Gateway"] = ["Streaming"],
        ["Scorer"] = ["Streaming", "Mood"],
        ["Trainer"] = ["Streaming", "Mood"],
        ["Cli"] = ["Contracts", "Mood", "Streaming", "Gateway", "Scorer", "Trainer"],
    };

    private static readonly string[] OpenTelemetry =
        ["OpenTelemetry.Extensions.Hosting", "OpenTelemetry.Exporter.OpenTelemetryProtocol", "OpenTelemetry.Instrumentation.AspNetCore"];

    private static readonly Dictionary<string, string[]> Packages = new()
    {
        ["Contracts"] = [],
        ["Mood"] = ["TorchSharp", "SkiaSharp", "SkiaSharp.NativeAssets.Linux.NoDependencies"],
        ["Streaming"] = ["AWSSDK.S3", "Confluent.Kafka", "StackExchange.Redis", "prometheus-net.AspNetCore", "Polly.Core", "MassTransit", .. OpenTelemetry],
        ["Gateway"] =
        [
            "Microsoft.AspNetCore.OpenApi", "Microsoft.AspNetCore.Authentication.JwtBearer", "Microsoft.AspNetCore.Authentication.OpenIdConnect",
        ],
        ["Scorer"] = [],
        ["Trainer"] = [],
        ["Cli"] = ["System.CommandLine", "Spectre.Console", "Microsoft.Garnet", "ScottPlot"],
    };

    public static TheoryData<string> Projects => [.. Arrows.Keys];

    [Fact]
    public void Projects_FoldersOfSrc_AreTheOnesWithArrows()
    {
        var folders = Directory.GetDirectories(Checkout.PathOf("src")).Select(Path.GetFileName).Order();

        Assert.Equal(Arrows.Keys.Order(), folders);
    }

    [Theory, MemberData(nameof(Projects))]
    public void ProjectFile_References_FollowTheArrows(string project)
    {
        var references = Items(project, "ProjectReference").Select(Path.GetFileNameWithoutExtension);

        Assert.Empty(references.Except(Reachable(project)));
    }

    [Theory, MemberData(nameof(Projects))]
    public void Assembly_References_FollowTheArrows(string project)
    {
        var ours = Checkout.AssemblyNames.ToDictionary(p => p.Value, p => p.Key);
        var references = ReferencesOf(Checkout.AssemblyOf(project)).Where(ours.ContainsKey).Select(r => ours[r]);

        Assert.Empty(references.Except(Reachable(project)));
    }

    [Theory, MemberData(nameof(Projects))]
    public void ProjectFile_Packages_AreTheAllowedOnes(string project) =>
        Assert.Empty(Items(project, "PackageReference").Except(Packages[project]));

    [Theory]
    [InlineData("TorchSharp", "Mood", "Scorer", "Trainer", "Cli")]
    [InlineData("SkiaSharp", "Mood", "Cli")]
    [InlineData("Garnet", "Cli")]
    [InlineData("Spectre.Console", "Cli")]
    [InlineData("ScottPlot", "Cli")]
    public void Assembly_ForeignReference_OnlyWhereItBelongs(string foreign, params string[] allowed)
    {
        var users = Checkout.AssemblyNames.Keys.Where(p => ReferencesOf(Checkout.AssemblyOf(p))
            .Any(r => r == foreign || r.StartsWith(foreign + ".", StringComparison.Ordinal)));

        Assert.Empty(users.Except(allowed));
    }

    [Fact]
    public void Gateway_EverythingItLoads_IsFreeOfTorchAndTheMaths()
    {
        var seen = new HashSet<string>();
        var open = new Queue<string>(["MoodStream.Gateway"]);
        while (open.TryDequeue(out var name))
            if (seen.Add(name) && name.StartsWith("MoodStream.", StringComparison.Ordinal))
                foreach (var next in ReferencesOf(Assembly.Load(name))) open.Enqueue(next);

        Assert.Contains("MoodStream.Streaming", seen);
        Assert.DoesNotContain(seen, n => n is "TorchSharp" or "MoodStream.Mood" or "SkiaSharp");
    }

    private static IEnumerable<string> Items(string project, string kind) =>
        XDocument.Load(Checkout.PathOf("src", project, $"{project}.csproj"))
            .Descendants(kind).Select(i => i.Attribute("Include")!.Value);

    private static IEnumerable<string> ReferencesOf(Assembly assembly) =>
        assembly.GetReferencedAssemblies().Select(r => r.Name!);

    private static IEnumerable<string> Reachable(string project) =>
        Arrows[project].SelectMany(p => Reachable(p).Append(p)).Distinct();
}
