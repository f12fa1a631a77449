using MoodStream.Contracts;

namespace MoodStream.GatewayTests.Operate;

/// <summary>Headers of versions as refits make them.</summary>
internal static class OperatedSamples
{
    public static StatisticsVersion Header(string gate, DateTimeOffset at, bool refused = false, string model = "model-a") => new()
    {
        Gate = gate, ModelHash = model, PreprocessingHash = "preprocessing-a", Detector = "mahalanobis++", Count = 5_200, EffectiveCount = 4_812.4,
        ClassCount = 10, FeatureDimension = 192, Shrinkage = 0.04, TargetFalseAlarmRate = 0.05, Threshold = 412.7, CalibrationCount = 640,
        Parent = 1, RefitId = "r-1", Reason = "4,000 images were learned since the last refit.", Author = "trainer", CreatedAt = at,
        Guards =
        [
            new() { Name = "effective_size", Value = 4_812, Limit = 1_930, Passed = true, Explanation = "There are enough images." },
            new()
            {
                Name = "mean_shift", Value = refused ? 0.61 : 0.12, Limit = 0.5, Passed = !refused,
                Explanation = refused ? "A mean has moved far from the approved version. Look at the images." : "The means are where they were.",
            },
        ],
    };
}
