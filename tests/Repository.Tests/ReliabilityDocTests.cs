using System.Text.RegularExpressions;

namespace MoodStream.RepositoryTests;

/// <summary>Pages that promise something name tests that exist: a promise whose test is gone is none.</summary>
public sealed partial class ReliabilityDocTests
{
    [Theory]
    [InlineData("reliability.md")]
    [InlineData("security.md")]
    public void Promises_NameTests_ThatExist(string page)
    {
        var named = TestName().Matches(Checkout.Read("docs", page)).Select(m => m.Groups[1].Value).ToArray();
        var written = Checkout.Files("tests", "*.cs").SelectMany(f => Method().Matches(File.ReadAllText(f)))
            .Select(m => m.Groups[1].Value).ToHashSet();

        Assert.NotEmpty(named);
        Assert.Empty(named.Except(written));
    }

    [Fact]
    public void Asvs_EveryRequirement_NamesATest() => Assert.All(
        Checkout.Read("docs", "security.md").Split("## OWASP ASVS")[1].Split("\n## ")[0].Split('\n').Where(line => line.StartsWith("| ")).Skip(1),
        row => Assert.Matches(TestName(), row.Split('|')[3]));

    [GeneratedRegex("`([A-Z][A-Za-z0-9]*_[A-Za-z0-9_]+)`")]
    private static partial Regex TestName();

    [GeneratedRegex(@"public (?:async )?(?:Task|void) (\w+)\(")]
    private static partial Regex Method();
}
