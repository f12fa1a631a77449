using System.Reflection;
using Prometheus;

namespace MoodStream.RepositoryTests;

/// <summary>A metric as the code declares it.</summary>
internal sealed record DeclaredMetric(string Name, string Type, IReadOnlyList<string> Labels, string Help);

/// <summary>Finds the metrics of the product by creating, in a registry of their own, the objects that declare them.</summary>
internal static class ProductMetrics
{
    private const BindingFlags Anything =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    /// <summary>Every metric, by name.</summary>
    public static IReadOnlyList<DeclaredMetric> All()
    {
        var registry = Metrics.NewCustomRegistry();
        return [.. Checkout.ProductTypes()
            .SelectMany(t => Collectors(t, registry))
            .Where(c => c.Name.StartsWith("moodstream_", StringComparison.Ordinal))
            .Select(c => new DeclaredMetric(c.Name, TypeOf(c), c.LabelNames, c.Help))
            .DistinctBy(m => m.Name)
            .OrderBy(m => m.Name, StringComparer.Ordinal)];
    }

    private static IEnumerable<Collector> Collectors(Type type, CollectorRegistry registry)
    {
        if (type.ContainsGenericParameters) return [];
        var fields = type.GetFields(Anything).Where(f => typeof(Collector).IsAssignableFrom(f.FieldType)).ToList();
        var owner = fields.Any(f => !f.IsStatic) ? Create(type, registry) : null;
        return fields.Where(f => f.IsStatic || owner is not null).Select(f => f.GetValue(owner)).OfType<Collector>();
    }

    private static object? Create(Type type, CollectorRegistry registry)
    {
        var constructor = type.GetConstructors(Anything).FirstOrDefault(c =>
            c.GetParameters() is [{ } only] && (only.ParameterType == typeof(CollectorRegistry) || only.ParameterType == typeof(IMetricFactory)));
        return constructor?.Invoke([constructor.GetParameters()[0].ParameterType == typeof(CollectorRegistry)
            ? registry
            : Metrics.WithCustomRegistry(registry)]);
    }

    private static string TypeOf(Collector metric) => metric.GetType().Name.ToLowerInvariant();
}
