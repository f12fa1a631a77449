using System.Reflection;

namespace MoodStream.RepositoryTests;

/// <summary>docs/http.md says what the gateway answers.</summary>
public sealed class HttpDocTests
{
    private const BindingFlags Anything = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static;

    [Fact]
    public void Problems_Table_EqualsTheCode()
    {
        var gateway = Checkout.AssemblyOf("Gateway");
        var kinds = gateway.GetType("MoodStream.Gateway.Http.ProblemKind", throwOnError: true)!;
        var told = gateway.GetType("MoodStream.Gateway.Http.ProblemKinds", throwOnError: true)!;
        string Tell(string method, object kind) => told.GetMethod(method, Anything)!.Invoke(null, [kind])!.ToString()!;

        DocTable.MustBe("docs/http.md", "Problems", [.. Enum.GetValues(kinds).Cast<object>()
            .Select(kind => new[] { $"`{Tell("WireName", kind)}`", Tell("Status", kind), Tell("Title", kind) })]);
    }

    [Fact]
    public void Routes_OfTheGateway_AreDescribed()
    {
        var page = Checkout.Read("docs", "http.md");
        var unknown = Checkout.AssemblyOf("Gateway").GetType("MoodStream.Gateway.Http.Routes", throwOnError: true)!
            .GetFields(Anything).Where(f => f.IsLiteral)
            .Select(f => ((string)f.GetRawConstantValue()!).Replace("{documentName}", "v1", StringComparison.Ordinal))
            .Where(route => !page.Contains(route, StringComparison.Ordinal));

        Assert.Empty(unknown);
    }
}
