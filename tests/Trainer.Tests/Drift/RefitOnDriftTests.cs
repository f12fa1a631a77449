using MoodStream.Mood.Drift;
using MoodStream.Trainer.Drift;

namespace MoodStream.TrainerTests.Drift;

public sealed class RefitOnDriftTests
{
    [Fact]
    public void RequestFor_Drift_SaysWhatWasSeenWhere()
    {
        var request = RefitOnDrift.RequestFor(
            new SourceDrift("belt", "camera-1", 3, new DriftAlarm(DriftMonitor.Martingale, 12_345_678, 1e7, 1234)), "episode-9", DriftFixture.Start);
        Assert.Equal(("belt", "drift", DriftFixture.Start), (request.Gate, request.By, request.At));
        Assert.Equal("source camera-1 drifts: martingale is 1.235E+07, its limit 1E+07, after 1234 images", request.Reason);
        Assert.Equal("episode-9", request.RequestId);
    }
}
