using System.Text.RegularExpressions;

namespace MoodStream.RepositoryTests;

/// <summary>compose.yaml and the Dockerfile fit each other and the code, run with as few rights as they can, and give nothing away.</summary>
public sealed partial class ComposeTests
{
    private static readonly string Compose = Checkout.Read("compose.yaml");
    private static readonly string Dockerfile = Checkout.Read("deploy", "docker", "Dockerfile");
    private static readonly object File = Yaml.Documents(Compose).Single();
    private static readonly IReadOnlyDictionary<string, object> All = File.Map("services");

    public static TheoryData<string> Services => [.. All.Keys];

    [Fact]
    public void BuildTargets_AreStagesOfTheDockerfile()
    {
        var stages = Stage().Matches(Dockerfile).Select(m => m.Groups[1].Value).ToHashSet();
        var targets = All.Values.Select(s => s.Text("build", "target")).OfType<string>().ToList();

        Assert.Equal(["gateway", "mood", "scorer", "scorer-gpu", "trainer"], targets.Order(StringComparer.Ordinal));
        Assert.Subset(stages, targets.ToHashSet());
    }

    [Fact]
    public void Profiles_AreThoseOfTheDocumentation()
    {
        var profiles = All.Values.SelectMany(s => s.List("profiles")).Cast<string>().Distinct().Order(StringComparer.Ordinal);

        Assert.Equal(["demo", "gpu", "monitoring", "trainer"], profiles);
        Assert.All(profiles, p => Assert.Contains($"--profile {p} ", Checkout.Read("docs", "deployment.md"), StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Services))]
    public void Service_Ports_AreBoundToLoopback(string service) =>
        Assert.All(All[service].List("ports").Cast<string>(), p => Assert.StartsWith("127.0.0.1:", p, StringComparison.Ordinal));

    [Theory, MemberData(nameof(Services))]
    public void Service_Rights_AreDroppedAndItsMeansLimited(string service)
    {
        var it = All[service];

        Assert.Equal(["ALL"], it.List("cap_drop"));
        Assert.Equal(["no-new-privileges:true"], it.List("security_opt"));
        Assert.All(["mem_limit", "cpus", "pids_limit", "restart"], limit => Assert.NotNull(it.Text(limit)));
        if (!it.Text("image")?.StartsWith("apache/kafka", StringComparison.Ordinal) ?? true) Assert.Equal("true", it.Text("read_only"));   // Kafka writes its own settings
        Assert.Null(it.At("privileged"));
        Assert.Null(it.At("network_mode"));
    }

    [Theory, MemberData(nameof(Services))]
    public void Service_Environment_NamesSettingsOfTheCode(string service) =>
        Assert.Empty(KnownSettings.Unknown(All[service].Map("environment").Keys));

    [Theory, MemberData(nameof(Services))]
    public void Service_Volumes_AreDeclaredOrLieInTheCheckout(string service)
    {
        var declared = File.Map("volumes").Keys;
        foreach (var from in All[service].List("volumes").Cast<string>().Select(v => v.Split(':')[0]).Where(v => !v.StartsWith('$')))
            Assert.True(declared.Contains(from) || Path.Exists(Checkout.PathOf(from)), $"{from} is no volume and no file");
    }

    [Theory, MemberData(nameof(Services))]
    public void Service_WhatItWaitsFor_SaysWhenItIsThere(string service)
    {
        foreach (var (other, condition) in All[service].Map("depends_on"))
        {
            var expected = All[other].Text("restart") == "no" ? "service_completed_successfully" : "service_healthy";
            Assert.Equal(expected, condition.Text("condition"));
            Assert.True(expected != "service_healthy" || All[other].At("healthcheck") is not null, $"{other} has no health check");
        }
    }

    [Fact]
    public void Images_OfOthers_ArePinnedToAVersion()
    {
        var given = Argument().Matches(Dockerfile).ToDictionary(m => $"${{{m.Groups[1].Value}}}", m => m.Groups[2].Value);
        var stages = Stage().Matches(Dockerfile).Select(m => m.Groups[1].Value).ToHashSet();
        var built = From().Matches(Dockerfile).Select(m => m.Groups[1].Value).Where(i => !stages.Contains(i))
            .Select(i => given.Aggregate(i, (image, argument) => image.Replace(argument.Key, argument.Value, StringComparison.Ordinal)));
        var pulled = All.Values.Select(s => s.Text("image")).OfType<string>();

        Assert.All(built.Concat(pulled), image => Assert.Matches(@":v?\d+(\.\d+)+(-[\w.-]+)?$", image));
    }

    [Fact]
    public void Files_HoldNoSecret() =>
        Assert.DoesNotMatch(@"(?i)(password|secret|token)\s*[:=]\s*[^\s$]", Compose + Dockerfile);

    [Fact]
    public void Dockerfile_ServiceStages_RunWithoutRoot()
    {
        foreach (var service in new[] { "gateway", "scorer", "scorer-gpu", "trainer", "mood" })
        {
            var stage = Dockerfile[Dockerfile.IndexOf($" AS {service}\n", StringComparison.Ordinal)..];
            var end = stage.IndexOf("\nFROM ", StringComparison.Ordinal);
            Assert.Contains("USER $APP_UID", end < 0 ? stage : stage[..end], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Dockerfile_WhatItCopiesFromTheContext_IsLetThrough()
    {
        var let = Checkout.Read(".dockerignore").Split('\n').Where(l => l.StartsWith('!')).Select(l => l[1..]).ToList();
        var copied = Copy().Matches(Dockerfile).SelectMany(m => m.Groups[1].Value.Split(' ')).Select(p => p.TrimEnd('/'));

        Assert.All(copied, path => Assert.Contains(let, l => path.StartsWith(l, StringComparison.Ordinal) || Regex.IsMatch(path, $"^{Regex.Escape(l).Replace(@"\*", ".*", StringComparison.Ordinal)}$")));
    }

    [GeneratedRegex(@"^FROM \S+ AS (\S+)$", RegexOptions.Multiline)]
    private static partial Regex Stage();

    [GeneratedRegex(@"^FROM (\S+) AS \S+$", RegexOptions.Multiline)]
    private static partial Regex From();

    [GeneratedRegex(@"^ARG (\w+)=(\S+)$", RegexOptions.Multiline)]
    private static partial Regex Argument();

    [GeneratedRegex(@"^COPY (?!--from)(?:--\S+ )*(.+) \S+$", RegexOptions.Multiline)]
    private static partial Regex Copy();
}
