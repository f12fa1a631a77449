using System.Reflection;

namespace MoodStream.Streaming.Telemetry;

/// <summary>Which build this is, as the build wrote it into the assembly.</summary>
public static class BuildVersion
{
    private static readonly string[] Parts =
        (typeof(BuildVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0")
            .Split('+', 2);

    /// <summary>Version and commit as the build wrote them, for instance 0.1.0+c2f95bd.</summary>
    public static string Whole => string.Join('+', Parts);

    /// <summary>The version, for instance 0.1.0.</summary>
    public static string Number => Parts[0];

    /// <summary>The commit it was built from; <c>unknown</c> where the build did not know.</summary>
    public static string Revision => Parts.Length == 2 ? Parts[1] : "unknown";
}
