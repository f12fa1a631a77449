using System.Diagnostics;
using System.Reflection;
using TorchSharp;
using static TorchSharp.torch;

namespace MoodStream.MoodTests.Vision;

/// <summary>
/// The numbers that go with an operation (the factor of a sum, the operand of a product) live in native memory that a
/// finalizer frees. They must not be freed while the operation runs: see decision 3.
/// </summary>
public sealed class NumbersOfOperationsTests
{
    private const int Operations = 20_000;

    [Fact]
    public void TorchSharp_AsBuiltIn_KeepsArgumentsAliveToTheEndOfACall()
    {
        var debuggable = typeof(Scalar).Assembly.GetCustomAttribute<DebuggableAttribute>();

        Assert.NotNull(debuggable);
        Assert.True(debuggable.IsJITOptimizerDisabled);
        Assert.True(debuggable.IsJITTrackingEnabled);               // without it the runtime does not heed the first
    }

    [Fact]
    public void Add_GarbageIsCollectedAllTheTime_HasItsFactor()
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var (left, right) = (ones(64), ones(64));
        using var stop = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            while (!stop.IsCancellationRequested) GC.Collect(0);
        });
        collector.Start();
        var sum = 0.0;
        try
        {
            for (var i = 0; i < Operations; i++)
            {
                using var result = left.add(right, 2.5);
                sum += result[63].item<float>();
            }
        }
        finally
        {
            stop.Cancel();
            collector.Join();
        }

        Assert.Equal(3.5 * Operations, sum);
    }
}
