namespace MoodStream.Cli.Terminal;

/// <summary>What <c>mood</c> returns to the shell.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Ok = 0;

    /// <summary>It failed; one line on the error stream says why.</summary>
    public const int Failed = 1;

    /// <summary>The command line or a setting is wrong; nothing was done.</summary>
    public const int WrongUsage = 2;
}
