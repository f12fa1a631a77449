namespace MoodStream.Contracts;

/// <summary>Redis keys and channels. Keys of one gate share a hash tag, so that a cluster keeps a gate together.</summary>
public static class RedisKeys
{
    /// <summary>Immutable statistics blob of one version. String (safetensors). Never expires. Written once; a reader treats absence as corruption.</summary>
    public static string StatisticsBlob(string gate, long version) => $"moodstream:{{{gate}}}:statistics:{version}";

    /// <summary>Header of one version. String (JSON <see cref="StatisticsVersion"/>). Written with the blob in one transaction; only an approval or a rejection is added later. Absent: the version is of a time before headers, and may be used all the same.</summary>
    public static string StatisticsHeader(string gate, long version) => $"moodstream:{{{gate}}}:statistics:{version}:header";

    /// <summary>Versions that are kept. Sorted set of version numbers, by themselves. Written with the blob in one transaction.</summary>
    public static string StatisticsVersions(string gate) => $"moodstream:{{{gate}}}:statistics:versions";

    /// <summary>Gates that have, or had, statistics. Set. Never expires.</summary>
    public static string StatisticsGates() => "moodstream:statistics:gates";

    /// <summary>Active pointer. Hash of <c>version</c>, <c>epoch</c>, <c>by</c>, <c>at</c>. Never expires. Absent: the gate has no statistics and fails closed.</summary>
    public static string ActiveStatistics(string gate) => $"moodstream:{{{gate}}}:active";

    /// <summary>Last version number given out. Integer string.</summary>
    public static string StatisticsCounter(string gate) => $"moodstream:{{{gate}}}:statistics:counter";

    /// <summary>Activations, newest first. List of JSON <see cref="StatisticsActivated"/>.</summary>
    public static string StatisticsHistory(string gate) => $"moodstream:{{{gate}}}:history";

    /// <summary>Refits that somebody asked for and no trainer has taken, oldest first. List of JSON <see cref="RefitRequested"/>. Written at its end by who asks, taken from its front by trainers.</summary>
    public static string RefitRequests(string gate) => $"moodstream:{{{gate}}}:refit:requests";

    /// <summary>That a request for a refit was taken in. String. Expires after a week: until then its repeats change nothing.</summary>
    public static string RefitRequestTaken(string gate, string requestId) => $"moodstream:{{{gate}}}:refit:request:{requestId}";

    /// <summary>Drift of the gate's sources that is going on, or that people decided about. Hash of source and JSON. Never expires; an entry goes with the episode, or with the statistics that it was seen by. Written by trainers, and by gateways where people answer.</summary>
    public static string DriftEpisodes(string gate) => $"moodstream:{{{gate}}}:drift";

    /// <summary>Gates that trainers have learned of. Set. Never expires.</summary>
    public static string TrainerGates() => "moodstream:trainer:gates";

    /// <summary>Partitions that taught a gate something, as <c>topic/partition</c>. Set. Never expires.</summary>
    public static string TrainerPartitions(string gate) => $"moodstream:{{{gate}}}:trainer:partitions";

    /// <summary>What one partition taught a gate, and how far it was read. Hash of <c>epoch</c>, <c>offset</c>, <c>sequence</c>, <c>space</c>, <c>forgetting</c>, <c>moments</c>. Never expires; all fields move in one transaction with <see cref="TrainerImages"/>. Absent: nothing was read.</summary>
    public static string TrainerPartition(string gate, string topic, int partition) => $"moodstream:{{{gate}}}:trainer:{topic}:{partition}";

    /// <summary>Images that one partition taught a gate: those in the window. Hash of image id and feature with what is known of it. Never expires.</summary>
    public static string TrainerImages(string gate, string topic, int partition) => $"moodstream:{{{gate}}}:trainer:{topic}:{partition}:images";

    /// <summary>Sources and times whose images are to be unlearned. Hash of recall id and JSON. Never expires.</summary>
    public static string TrainerRecalls(string gate) => $"moodstream:{{{gate}}}:trainer:recalls";

    /// <summary>The gate's latest refit. Hash of <c>v</c> (version) and <c>d</c> (JSON). Never expires. Absent: there was none.</summary>
    public static string Refit(string gate) => $"moodstream:{{{gate}}}:refit";

    /// <summary>What the refit under way has fitted and not published. String (safetensors). Written with <see cref="Refit"/>, removed at its end.</summary>
    public static string RefitCandidate(string gate) => $"moodstream:{{{gate}}}:refit:candidate";

    /// <summary>Who drives the gate's refit. String with a time to live: a trainer that dies lets go of it.</summary>
    public static string RefitLease(string gate) => $"moodstream:{{{gate}}}:refit:lease";

    /// <summary>One review case. Hash of <c>v</c> (version), <c>d</c> (JSON) and <c>s</c> (sketch of the feature; absent where it cannot be compared). Expires some time after its decision.</summary>
    public static string ReviewCase(string gate, string caseId) => $"moodstream:{{{gate}}}:review:case:{caseId}";

    /// <summary>Cases in one order. Sorted set of case ids: what may be claimed, by score, age or uncertainty; what is leased, by the end of the lease; what is decided, by time.</summary>
    public static string ReviewIndex(string gate, string order) => $"moodstream:{{{gate}}}:review:index:{order}";

    /// <summary>Ids of cases that a claimer is being offered, by when the offer ends. Sorted set. Written by the gateway.</summary>
    public static string ReviewOffers(string gate) => $"moodstream:{{{gate}}}:review:offers";

    /// <summary>Decisions and audit events that Kafka has not acknowledged yet, oldest first. List of JSON. Written by the gateway and by operators' commands.</summary>
    public static string ReviewOutbox(string gate) => $"moodstream:{{{gate}}}:review:outbox";

    /// <summary>Last link of the gate's audit chain. Hash of <c>sequence</c> and <c>hash</c>. Never expires. Absent: the chain is empty.</summary>
    public static string AuditHead(string gate) => $"moodstream:{{{gate}}}:audit:head";

    /// <summary>Gates that have, or had, review cases. Set. Never expires.</summary>
    public static string ReviewGates() => "moodstream:review:gates";

    /// <summary>Hash of the key of the first-run administrator. String (SHA-256). Never expires. Absent: no key was given out.</summary>
    public static string FirstRunKey() => "moodstream:review:first-run-key";

    /// <summary>Hash of the password of the first-run administrator. Hash of <c>hash</c> (PBKDF2) and <c>changed</c> (time). Never expires. Absent: nobody signs in with a password; a gateway without keys makes one at its start.</summary>
    public static string AdministratorPassword() => "moodstream:review:administrator";

    /// <summary>Failed tries to sign in with a password. Hash of <c>count</c> and <c>until</c> (ticks). Expires an hour after the last one.</summary>
    public static string SignInFailures(string name) => $"moodstream:review:sign-in:{name}";

    /// <summary>A session in the browser, by the hash of its id. String (a ticket, protected). Expires when the session does.</summary>
    public static string Session(string idHash) => $"moodstream:review:session:{idHash}";

    /// <summary>Keys that protect cookies and sessions. List of XML. Never expires. Written by gateways without a folder for them.</summary>
    public static string ProtectionKeys() => "moodstream:review:protection-keys";

    /// <summary>Settings that a service last started with, secrets as salted hashes. String (JSON). Never expires. Shares the hash tag of the chain that a change is written to.</summary>
    public static string SettingsSeen(string chain, string service) => $"moodstream:{{{chain}}}:settings:{service}";

    /// <summary>Channel that announces activations of all gates; the payload is the gate's name. A hint only: readers poll the epoch as well.</summary>
    public const string ActivationChannel = "moodstream:activations";

    /// <summary>Channel that announces requests for a refit; the payload is the gate's name. A hint only: trainers look at the list as well.</summary>
    public const string RefitRequestChannel = "moodstream:refit-requests";
}
