using System.Diagnostics;
using System.Text;

namespace MoodStream.CliTests.Demo;

/// <summary>Draws spans as a tree: a child under its parent, and what links to a span under it with a tilde.</summary>
internal sealed class SpanTree(IReadOnlyCollection<Activity> spans)
{
    private readonly ILookup<ActivitySpanId, Activity> _children = spans.OrderBy(s => s.StartTimeUtc).ToLookup(s => s.ParentSpanId);
    private readonly ILookup<ActivitySpanId, Activity> _linking = spans.OrderBy(s => s.StartTimeUtc)
        .SelectMany(s => s.Links.Select(l => (l.Context.SpanId, Span: s))).ToLookup(l => l.SpanId, l => l.Span);

    /// <summary>The tree from a span down, with everything that any of it led to.</summary>
    public string Draw(Activity root)
    {
        var drawn = new StringBuilder();
        Draw(root, root.TraceId, "", "", drawn);
        return drawn.ToString().TrimEnd('\n');
    }

    private void Draw(Activity span, ActivityTraceId trace, string indent, string mark, StringBuilder drawn)
    {
        drawn.Append(indent).Append(mark).Append(span.DisplayName);
        if (span.GetTagItem("messaging.consumer.group.name") is { } group) drawn.Append($" by {group}");
        foreach (var asked in spans.Where(s => s.TraceId != trace && mark == "" && span.Links.Any(l => l.Context.SpanId == s.SpanId)))
            drawn.Append($" <- {asked.DisplayName}");
        drawn.Append('\n');
        foreach (var child in _children[span.SpanId]) Draw(child, trace, indent + "  ", "", drawn);
        // A span of this trace stands where its parent is; another trace's that links here is drawn where it links to.
        foreach (var linking in _linking[span.SpanId].Where(l => l.TraceId != trace)) Draw(linking, trace, indent + "  ", "~ ", drawn);
    }
}
