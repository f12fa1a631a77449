using System.Globalization;
using MoodStream.Contracts;

namespace MoodStream.RepositoryTests;

/// <summary>What kustomize makes of deploy/k8s; skipped where kubectl is not installed.</summary>
public sealed class KubernetesTests
{
    private static readonly string[] Overlays = ["cpu", "gpu"];

    public static TheoryData<string, string> Deployments =>
        new(Overlays.SelectMany(_ => new[] { "gateway", "scorer", "trainer" }, (o, d) => (o, d)));

    [Theory, MemberData(nameof(Deployments))]
    public async Task Deployment_RunsWithoutRightsAndIsProbed(string overlay, string name)
    {
        var pod = One(await KustomizeAsync(overlay), "Deployment", name).At("spec", "template", "spec");
        var container = pod.List("containers").Single();

        Assert.Equal("true", pod.Text("securityContext", "runAsNonRoot"));
        Assert.Equal("RuntimeDefault", pod.Text("securityContext", "seccompProfile", "type"));
        Assert.Equal("false", pod.Text("automountServiceAccountToken"));
        Assert.Equal("false", container.Text("securityContext", "allowPrivilegeEscalation"));
        Assert.Equal("true", container.Text("securityContext", "readOnlyRootFilesystem"));
        Assert.Equal(["ALL"], container.List("securityContext", "capabilities", "drop"));
        Assert.All(["startup", "liveness", "readiness"], probe =>
            Assert.StartsWith("/health/", container.Text($"{probe}Probe", "httpGet", "path"), StringComparison.Ordinal));
        Assert.All(["requests", "limits"], kind => Assert.NotNull(container.Text("resources", kind, "memory")));
        Assert.Matches(@":\d+\.\d+\.\d+$", container.Text("image"));
        Assert.NotEmpty(pod.List("topologySpreadConstraints"));
    }

    [Theory, MemberData(nameof(Deployments))]
    public async Task Deployment_Environment_NamesSettingsOfTheCode(string overlay, string name)
    {
        var all = await KustomizeAsync(overlay);
        var own = One(all, "Deployment", name).List("spec", "template", "spec", "containers", "0", "env").Select(e => e.Text("name")!);
        var shared = all.Where(d => d.Text("kind") == "ConfigMap").SelectMany(c => c.Map("data").Keys);

        Assert.Empty(KnownSettings.Unknown(own.Concat(shared)));
        Assert.Contains("MoodStream__Kafka__BootstrapServers", shared);
    }

    [Theory]
    [InlineData("cpu", "cpu", null)]
    [InlineData("gpu", "cuda", "1")]
    public async Task Scorer_Device_IsThatOfTheOverlay(string overlay, string device, string? gpus)
    {
        var container = One(await KustomizeAsync(overlay), "Deployment", "scorer").At("spec", "template", "spec", "containers", "0");

        Assert.Equal(device, container.List("env").Single(e => e.Text("name") == "MoodStream__Scorer__Device").Text("value"));
        Assert.Equal(gpus, container.Text("resources", "limits", "nvidia.com/gpu"));
    }

    [Theory]
    [InlineData("cpu")]
    [InlineData("gpu")]
    public async Task Scaling_IsBoundedByThePartitionsAndFollowsTheScorersLag(string overlay)
    {
        var scaling = One(await KustomizeAsync(overlay), "ScaledObject", "scorer").At("spec");
        var trigger = scaling.At("triggers", "0", "metadata");
        var images = Topics.All.Single(t => t.Name == Topics.Images);

        Assert.Equal(images.Partitions, int.Parse(scaling.Text("maxReplicaCount")!, CultureInfo.InvariantCulture));
        Assert.Equal((Topics.Images, ConsumerGroups.Scorer), (trigger.Text("topic"), trigger.Text("consumerGroup")));
    }

    [Fact]
    public async Task Monitoring_HasEveryRuleFileAndDashboard()
    {
        var maps = (await KustomizeAsync("monitoring")).Where(d => d.Text("kind") == "ConfigMap").SelectMany(c => c.Map("data").Keys);
        var files = Checkout.Files("deploy/prometheus/rules", "*.yml").Concat(Checkout.Files("deploy/grafana/dashboards", "*.json")).Select(Path.GetFileName);

        Assert.Equal(files.Order(), maps.Order());
    }

    private static object One(IEnumerable<object> documents, string kind, string name) =>
        documents.Single(d => d.Text("kind") == kind && d.Text("metadata", "name") == $"moodstream-{name}");

    private static async Task<IReadOnlyList<object>> KustomizeAsync(string overlay) => Yaml.Documents(
        await Tool.RunAsync("kubectl", "kubernetes-client", "kustomize", Checkout.PathOf("deploy", "k8s", "overlays", overlay)));
}
