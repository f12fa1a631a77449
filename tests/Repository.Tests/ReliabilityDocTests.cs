using System.Text.RegularExpressions;

namespace MoodStream.RepositoryTests;

/// <summary>docs/reliability.md names tests that exist: a promise whose test is gone is none.</summary>
public sealed partial class ReliabilityDocTests
{
    [Fact]
    public void Promises_NameTests_ThatExist()
    {
        var named = TestName().Matches(Checkout.Read("docs", "reliability.md")).Select(m => m.Groups[1].Value).ToArray();
        var written = Checkout.Files("tests", "*.cs").SelectMany(f => Method().Matches(File.ReadAllText(f)))
            .Select(m => m.Groups[1].Value).ToHashSet();

        Assert.NotEmpty(named);
        Assert.Empty(named.Except(written));
    }

    [GeneratedRegex("`([A-Z][A-Za-z0-9]*_[A-Za-z0-9_]+)`")]
    private static partial Regex TestName();

    [GeneratedRegex(@"public (?:async )?(?:Task|void) (\w+)\(")]
    private static partial Regex Method();
}
