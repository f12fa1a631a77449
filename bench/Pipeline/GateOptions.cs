using System.CommandLine;
using MoodStream.Mood.Vision.Precision;

namespace MoodStream.Bench.Pipeline;

/// <summary>Options of the benchmarks of a whole gate.</summary>
internal static class GateOptions
{
    /// <summary>The backbone.</summary>
    public static Option<string> Model(string usual = GateModel.Shipped) => new("--model")
    {
        Description = $"Backbone: {GateModel.Shipped}, {GateModel.VitB16} (random weights), or a file.", DefaultValueFactory = _ => usual, HelpName = "NAME",
    };

    /// <summary>Type of the forward pass.</summary>
    public static Option<ForwardPrecision?> Precision() => new("--precision")
    {
        Description = $"Type of the forward pass: fp32, bf16 or auto; default: auto for {GateModel.VitB16}, else the scorer's default.",
    };

    /// <summary>Device of the forward pass.</summary>
    public static Option<string> Device() => new("--device") { Description = "Device of the forward pass: cpu or cuda.", DefaultValueFactory = _ => GateModel.Cpu, HelpName = "NAME" };

    /// <summary>Most images of a batch.</summary>
    public static Option<int?> Batch()
    {
        var option = new Option<int?>("--batch") { Description = $"Most images of a batch; default: 8 for {GateModel.VitB16}, else the scorer's default.", HelpName = "N" };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1) result.AddError("--batch must be at least 1.");
        });
        return option;
    }
}
