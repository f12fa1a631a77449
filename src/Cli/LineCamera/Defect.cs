using System.Text.Json;

namespace MoodStream.Cli.LineCamera;

/// <summary>What can be wrong with a frame of the simulated line camera. A closed set; its names appear in the demo's summary.</summary>
internal enum Defect
{
    /// <summary>A scratch, or a few, across the face of the part.</summary>
    Scratch,

    /// <summary>A bolt hole was not drilled.</summary>
    MissingHole,

    /// <summary>Another part lies on the belt.</summary>
    WrongPart,

    /// <summary>Something lies beside or on the part: swarf, a screw, a thread, a piece of plastic, a washer.</summary>
    ForeignObject,

    /// <summary>The camera is out of focus, or the belt moved during exposure.</summary>
    Blur,

    /// <summary>Dust, drops or a smear on the lens.</summary>
    LensDirt,

    /// <summary>A lamp is out, or its supply sags.</summary>
    LampFailure,
}

/// <summary>Names of <see cref="Defect"/> for reports.</summary>
internal static class DefectNames
{
    /// <summary>The name in kebab case: <c>missing-hole</c>.</summary>
    public static string WireName(this Defect defect) => JsonNamingPolicy.KebabCaseLower.ConvertName(defect.ToString());
}
