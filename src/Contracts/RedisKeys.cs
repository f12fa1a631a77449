namespace MoodStream.Contracts;

/// <summary>Redis keys and channels. Keys of one gate share a hash tag, so that a cluster keeps a gate together.</summary>
public static class RedisKeys
{
    /// <summary>Immutable statistics blob of one version. String (safetensors). Never expires. Written once; a reader treats absence as corruption.</summary>
    public static string StatisticsBlob(string gate, long version) => $"moodstream:{{{gate}}}:statistics:{version}";

    /// <summary>Active pointer. Hash of <c>version</c>, <c>epoch</c>, <c>by</c>, <c>at</c>. Never expires. Absent: the gate has no statistics and fails closed.</summary>
    public static string ActiveStatistics(string gate) => $"moodstream:{{{gate}}}:active";

    /// <summary>Last version number given out. Integer string.</summary>
    public static string StatisticsCounter(string gate) => $"moodstream:{{{gate}}}:statistics:counter";

    /// <summary>Activations, newest first. List of JSON <see cref="StatisticsActivated"/>.</summary>
    public static string StatisticsHistory(string gate) => $"moodstream:{{{gate}}}:history";

    /// <summary>Channel that announces activations of all gates; the payload is the gate's name. A hint only: readers poll the epoch as well.</summary>
    public const string ActivationChannel = "moodstream:activations";
}
