namespace MoodStream.Cli.Terminal;

/// <summary>Arguments of the form <c>NAME=VALUE</c>.</summary>
internal static class NamedValue
{
    /// <summary>Splits at the first equals sign.</summary>
    /// <param name="option">The option, for the error.</param>
    /// <param name="text">The argument.</param>
    /// <param name="form">Its form, for the error.</param>
    /// <exception cref="CliException">There is no name before an equals sign.</exception>
    public static (string Name, string Value) Parse(string option, string text, string form)
    {
        var equals = text.IndexOf('=');
        return equals > 0
            ? (text[..equals], text[(equals + 1)..])
            : throw new CliException($"{option} is '{text}'; its form is {form}.", ExitCode.WrongUsage);
    }
}
