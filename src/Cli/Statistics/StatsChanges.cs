using System.CommandLine;
using MoodStream.Cli.Terminal;
using MoodStream.Contracts;
using MoodStream.Mood.Detectors;
using MoodStream.Mood.Gates;
using MoodStream.Streaming.Statistics;
using MoodStream.Trainer.Registry;

namespace MoodStream.Cli.Statistics;

/// <summary>What <c>mood stats publish</c> came to.</summary>
internal sealed record VersionPublished(string Gate, long Version, bool Activated, string ModelHash, string PreprocessingHash);

/// <summary>What <c>mood stats approve</c> came to.</summary>
internal sealed record VersionApproved(string Gate, long Version, StatisticsApproval Approval, bool Activated);

/// <summary>What <c>mood stats refit</c> came to.</summary>
internal sealed record RefitAsked(string Gate, string RequestId, long Waiting);

/// <summary>The verbs of <c>mood stats</c> that change something. Each leaves an event in the audit trail.</summary>
internal static class StatsChanges
{
    private static readonly Argument<FileInfo> File = new("FILE") { Description = "Statistics file, as mood fit writes it (.safetensors)." };

    private static readonly Option<string?> FileGate = new("--gate")
    {
        Description = "Name of the gate; the one that the file was fitted for.", HelpName = "GATE",
    };

    private static readonly Option<bool> AtOnce = new("--activate") { Description = "Make it the active version at once." };
    private static readonly Option<bool> NotYet = new("--no-activate") { Description = "Approve it only; leave the active version as it is." };

    private static readonly Option<string> ApprovedBy = new("--who") { Description = "Who approves.", Required = true, HelpName = "NAME" };

    private static readonly Option<string> ApprovedWhy = new("--why")
    {
        Description = "Why, in a sentence.", Required = true, HelpName = "TEXT",
    };

    internal static Command Publish() => StatsOptions.Verb(
            "publish", "Publish a statistics file as the next version of its gate; it counts as approved by you.",
            File, FileGate, AtOnce, StatsOptions.OtherModel, StatsOptions.Who, StatsOptions.Why)
        .Runs((parsed, cancellation) => RegistrySession.RunAsync(parsed, session => PublishAsync(session, parsed, cancellation)));

    internal static Command Activate() => StatsOptions.Verb(
            "activate", "Make a version the active one; scorers swap it in between two batches.",
            StatsOptions.Version, StatsOptions.Gate, StatsOptions.OtherModel, StatsOptions.Who, StatsOptions.Why)
        .Runs((parsed, cancellation) => RegistrySession.RunAsync(parsed, session => ActivateAsync(session, parsed, cancellation)));

    internal static Command RollBack() => StatsOptions.Verb(
            "rollback", "Make the version active that was so before the present one, in one step; again to go further back.",
            StatsOptions.Gate, StatsOptions.Who, StatsOptions.Why)
        .Runs((parsed, cancellation) => RegistrySession.RunAsync(parsed, session => RollBackAsync(session, parsed, cancellation)));

    internal static Command Approve() => StatsOptions.Verb(
            "approve", "Approve a version, one that the guards refused too, and make it the active one.",
            StatsOptions.Version, StatsOptions.Gate, ApprovedBy, ApprovedWhy, NotYet, StatsOptions.OtherModel)
        .Runs((parsed, cancellation) => RegistrySession.RunAsync(parsed, session => ApproveAsync(session, parsed, cancellation)));

    internal static Command Refit() => StatsOptions.Verb(
            "refit", "Ask the trainers to refit a gate now.", StatsOptions.Gate, StatsOptions.Who, StatsOptions.Why)
        .Runs((parsed, cancellation) => RegistrySession.RunAsync(parsed, session => RefitAsync(session, parsed, cancellation)));

    private static async Task PublishAsync(RegistrySession session, ParseResult parsed, CancellationToken cancellation)
    {
        var path = parsed.GetRequiredValue(File).FullName;
        using var statistics = GateStatistics.Open(path);
        var made = statistics.Provenance;
        RequireUsable(statistics, path, parsed.GetValue(FileGate));
        if (!parsed.GetValue(StatsOptions.OtherModel))
            await session.RequireSameModelAsync(made.Gate, path, made.ModelHash, made.PreprocessingHash, cancellation);
        var who = parsed.GetRequiredValue(StatsOptions.Who);
        var why = parsed.GetValue(StatsOptions.Why) ?? $"Fitted to {made.Origin}.";
        var header = VersionHeader.Of(statistics, who, why) with
        {
            Approval = new StatisticsApproval { By = who, Reason = why, At = session.Clock.GetUtcNow() },
        };
        var version = await session.Store.PublishAsync(made.Gate, statistics.ToBytes(), header, cancellation);
        await session.NoteAsync(made.Gate, who, "statistics-published", Subject(version), why, cancellation);
        Console.WriteLine($"gate {made.Gate}: {path} is version {version}");
        var atOnce = parsed.GetValue(AtOnce);
        if (atOnce) await ActivateAsync(session, made.Gate, new Activation(version, who, why), cancellation);
        else Console.WriteLine($"it is not active yet: mood stats activate {version} --gate {made.Gate}");
        JsonReport.Write(
            parsed.GetValue(StatsOptions.Json),
            new VersionPublished(made.Gate, version, atOnce, made.ModelHash, made.PreprocessingHash), StatsJson.Types.VersionPublished);
    }

    private static void RequireUsable(GateStatistics statistics, string path, string? gate)
    {
        if (gate is not null && gate != statistics.Provenance.Gate)
            throw new CliException(
                $"{path} was fitted for gate {statistics.Provenance.Gate}, not {gate}; fit with --gate {gate}, or publish it as it is.");
        if (statistics.Detector.Detector is { Input: not DetectorInput.Features } detector)
            throw new CliException($"{path} is of detector {detector.Name}, which does not look at features alone; scorers would refuse it.");
    }

    private static async Task ActivateAsync(RegistrySession session, ParseResult parsed, CancellationToken cancellation)
    {
        var (gate, version) = (parsed.GetRequiredValue(StatsOptions.Gate), parsed.GetValue(StatsOptions.Version));
        if (!parsed.GetValue(StatsOptions.OtherModel)) await RequireSameModelAsync(session, gate, version, cancellation);
        var activated = await ActivateAsync(
            session, gate, new Activation(version, parsed.GetRequiredValue(StatsOptions.Who), parsed.GetValue(StatsOptions.Why)), cancellation);
        JsonReport.Write(parsed.GetValue(StatsOptions.Json), activated, StatsJson.Types.StatisticsActivated);
    }

    private static async Task RequireSameModelAsync(RegistrySession session, string gate, long version, CancellationToken cancellation)
    {
        var (statistics, _) = await session.StatisticsAsync(gate, version, cancellation);
        using (statistics)
            await session.RequireSameModelAsync(
                gate, $"version {version}", statistics.Provenance.ModelHash, statistics.Provenance.PreprocessingHash, cancellation);
    }

    private static async Task<StatisticsActivated> ActivateAsync(
        RegistrySession session, string gate, Activation activation, CancellationToken cancellation)
    {
        await session.VersionAsync(gate, activation.Version, cancellation);
        var activated = (await session.Store.TryActivateAsync(gate, activation, cancellation))!;
        await TellAsync(session, "statistics-activated", activated, cancellation);
        return activated;
    }

    private static async Task RollBackAsync(RegistrySession session, ParseResult parsed, CancellationToken cancellation)
    {
        var gate = parsed.GetRequiredValue(StatsOptions.Gate);
        // Time counts here: the pointer moves first, and what went wrong is looked at when it did not.
        var activated = await session.Store.RollBackAsync(
            gate, parsed.GetRequiredValue(StatsOptions.Who), parsed.GetValue(StatsOptions.Why), cancellation);
        if (activated is null)
        {
            await session.VersionsAsync(gate, cancellation);
            throw new CliException($"Gate {gate} has no version to go back to: none was active before the present one, or it is not kept any more.");
        }

        await TellAsync(session, "statistics-rolled-back", activated, cancellation);
        JsonReport.Write(parsed.GetValue(StatsOptions.Json), activated, StatsJson.Types.StatisticsActivated);
    }

    private static async Task ApproveAsync(RegistrySession session, ParseResult parsed, CancellationToken cancellation)
    {
        var (gate, version) = (parsed.GetRequiredValue(StatsOptions.Gate), parsed.GetValue(StatsOptions.Version));
        var approval = new StatisticsApproval
        {
            By = parsed.GetRequiredValue(ApprovedBy), Reason = parsed.GetRequiredValue(ApprovedWhy), At = session.Clock.GetUtcNow(),
        };
        if ((await session.VersionAsync(gate, version, cancellation)).Header is null)
            throw new CliException($"Version {version} of gate {gate} has no header to approve it in; publish its statistics anew.");
        var activates = !parsed.GetValue(NotYet);
        if (activates && !parsed.GetValue(StatsOptions.OtherModel)) await RequireSameModelAsync(session, gate, version, cancellation);
        var header = await session.Store.ApproveAsync(gate, version, approval, cancellation);
        var overruled = header.Refused ? $", overruling {string.Join(", ", header.Guards.Where(g => !g.Passed).Select(g => g.Name))}" : "";
        await session.NoteAsync(gate, approval.By, "statistics-approved", Subject(version), $"{approval.Reason}{overruled}", cancellation);
        Console.WriteLine($"gate {gate}: version {version} is approved by {approval.By}{overruled}");
        if (activates && (await session.Store.ReadActiveAsync(gate, cancellation))?.Version != version)
            await ActivateAsync(session, gate, new Activation(version, approval.By, approval.Reason), cancellation);
        JsonReport.Write(
            parsed.GetValue(StatsOptions.Json), new VersionApproved(gate, version, approval, activates), StatsJson.Types.VersionApproved);
    }

    private static async Task RefitAsync(RegistrySession session, ParseResult parsed, CancellationToken cancellation)
    {
        var (gate, who) = (parsed.GetRequiredValue(StatsOptions.Gate), parsed.GetRequiredValue(StatsOptions.Who));
        await session.VersionsAsync(gate, cancellation);
        var request = new RefitRequested
        {
            RequestId = $"{Guid.CreateVersion7()}", Gate = gate, Reason = parsed.GetValue(StatsOptions.Why) ?? "Asked for by an operator.",
            By = who, At = session.Clock.GetUtcNow(),
        };
        var waiting = await session.Refits.AddAsync(request, cancellation);
        await session.NoteAsync(gate, who, "refit-requested", request.RequestId, request.Reason, cancellation);
        Console.WriteLine($"gate {gate}: refit {request.RequestId} is asked for; {waiting} wait for a trainer");
        JsonReport.Write(
            parsed.GetValue(StatsOptions.Json), new RefitAsked(gate, request.RequestId, waiting), StatsJson.Types.RefitAsked);
    }

    private static async Task TellAsync(RegistrySession session, string what, StatisticsActivated activated, CancellationToken cancellation)
    {
        Console.WriteLine(
            $"gate {activated.Gate}: version {activated.Version} is active at epoch {activated.Epoch}"
            + (activated.Previous is { } previous ? $", after version {previous}" : ""));
        await session.NoteAsync(activated.Gate, activated.By, what, Subject(activated.Version), activated.Reason, cancellation);
    }

    private static string Subject(long version) => $"statistics version {version}";
}
