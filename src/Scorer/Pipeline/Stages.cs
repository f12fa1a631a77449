namespace MoodStream.Scorer.Pipeline;

/// <summary>Stages that run side by side and fail together.</summary>
internal static class Stages
{
    /// <summary>Runs a stage; where it fails, the others are cancelled, which would otherwise wait for it for ever.</summary>
    public static async Task RunAsync(Func<Task> stage, CancellationTokenSource others)
    {
        try
        {
            await stage();
        }
        catch
        {
            await others.CancelAsync();
            throw;
        }
    }
}
