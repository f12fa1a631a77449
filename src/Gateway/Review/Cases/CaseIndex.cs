using MoodStream.Gateway.Settings;

namespace MoodStream.Gateway.Review.Cases;

/// <summary>The orders that cases are kept in, each a sorted set per gate.</summary>
internal static class CaseIndex
{
    /// <summary>Open cases, the furthest out first.</summary>
    public const string OpenByScore = "open-score";

    /// <summary>Open cases, the oldest first.</summary>
    public const string OpenByAge = "open-age";

    /// <summary>Open cases, the nearest to the threshold first.</summary>
    public const string OpenByUncertainty = "open-uncertainty";

    /// <summary>Cases that wait for a senior, the oldest first.</summary>
    public const string Escalated = "escalated";

    /// <summary>Claimed cases by the end of their lease.</summary>
    public const string Leased = "leased";

    /// <summary>Decided cases by the time of the decision.</summary>
    public const string Decided = "decided";

    /// <summary>All of them, in the order in which <see cref="ScoresOf"/> gives places.</summary>
    public static IReadOnlyList<string> All { get; } = [OpenByScore, OpenByAge, OpenByUncertainty, Escalated, Leased, Decided];

    /// <summary>The order that open cases of a gate are claimed in.</summary>
    public static string Of(ReviewOrder order) => order switch
    {
        ReviewOrder.Score => OpenByScore,
        ReviewOrder.Age => OpenByAge,
        ReviewOrder.Uncertainty => OpenByUncertainty,
        _ => throw new ArgumentOutOfRangeException(nameof(order), order, "Not an order."),
    };

    /// <summary>Where a case stands in each order; null where it is not in it.</summary>
    public static double?[] ScoresOf(ReviewCase its)
    {
        var open = its.State == CaseState.Open;
        return
        [
            // An image that could not be scored comes first: nothing is known of it.
            open ? -(its.Scored.Score ?? double.MaxValue) : null,
            open ? Milliseconds(its.OpenedAt) : null,
            open ? its.Uncertainty : null,
            its.State == CaseState.Escalated ? Milliseconds(its.OpenedAt) : null,
            its.Lease is { } lease ? Milliseconds(lease.EndsAt) : null,
            its.State == CaseState.Decided ? Milliseconds(its.Decision!.At) : null,
        ];
    }

    /// <summary>A time as a place in an order.</summary>
    public static double Milliseconds(DateTimeOffset at) => at.ToUnixTimeMilliseconds();
}
