using Microsoft.Extensions.Time.Testing;
using MoodStream.Cli.Terminal;
using MoodStream.Cli.Training;
using MoodStream.CliTests.Terminal;
using MoodStream.Mood.Datasets;
using MoodStream.Mood.Imaging;
using MoodStream.Mood.Training;

namespace MoodStream.CliTests.Training;

/// <summary>When a session saves, with a run that only counts.</summary>
[Collection(nameof(TheConsole))]
public sealed class TrainingSessionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mood-").FullName;
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void Run_NumbersGoWrong_KeepsTheCheckpointOfTheLastGoodStepAndSaysWhere()
    {
        using var run = new CountingRun { WrongAt = 3 };
        var message = Assert.Throws<CliException>(() => Session(TimeSpan.Zero).Run("test", run, NoImages.Instance, resume: false, TestContext.Current.CancellationToken)).Message;
        Assert.Equal("2", File.ReadAllText(Files.Checkpoint));
        Assert.Contains("step 3", message, StringComparison.Ordinal);
        Assert.Contains(Files.Checkpoint, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_Cancelled_SavesWhereItStoppedAndGoesOnFromThere()
    {
        using var stop = new CancellationTokenSource();
        using var run = new CountingRun { After = step => { if (step == 4) stop.Cancel(); } };
        var outcome = Session(TimeSpan.FromHours(1)).Run("test", run, NoImages.Instance, resume: false, stop.Token);
        Assert.False(outcome.Finished);
        Assert.Equal("4", File.ReadAllText(Files.Checkpoint));

        using var rest = new CountingRun();
        Assert.True(Session(TimeSpan.FromHours(1)).Run("test", rest, NoImages.Instance, resume: true, TestContext.Current.CancellationToken).Finished);
        Assert.Equal(Enumerable.Range(1, CountingRun.Steps).Select(i => (double)i), LossPlot.Read(Files.Log).Steps);
    }

    [Fact]
    public void Run_Finished_TellsSpeedAndWaitingOfTheWholeSession()
    {
        using var run = new CountingRun { After = _ => _clock.Advance(TimeSpan.FromSeconds(2)) };
        var outcome = Session(TimeSpan.FromSeconds(5)).Run("test", run, NoImages.Instance, resume: false, TestContext.Current.CancellationToken);
        Assert.Equal(20, outcome.Seconds, 9);                           // ten steps of two seconds
        Assert.Equal(4, outcome.ImagesPerSecond, 9);                    // eight images in two seconds
        Assert.Equal(0.25, outcome.WaitingShare, 9);                    // half a second of waiting each
        Assert.True(File.Exists(LossPlot.PathFor(Files.Log)));
    }

    [Fact]
    public void LossPlot_HalfALineOfAKilledRun_DrawsTheRest()
    {
        File.WriteAllLines(Files.Log, ["""{"step":1,"loss":2.5}""", """{"step":2,"lo""", """{"step":2,"loss":1.5}"""]);
        LossPlot.Write(Files.Log, "test");
        Assert.Equal([2.5, 1.5], LossPlot.Read(Files.Log).Losses);
        Assert.Contains("<svg", File.ReadAllText(LossPlot.PathFor(Files.Log)), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private TrainingFiles Files => new(Path.Combine(_folder, "b"), Path.Combine(_folder, "b.checkpoint"), Path.Combine(_folder, "b.log.jsonl"));

    private TrainingSession Session(TimeSpan every) => new(Files, every, _clock);

    private sealed class CountingRun : ITrainingRun
    {
        public const int Steps = 10;

        public long WrongAt { get; init; } = -1;

        public Action<long> After { get; init; } = _ => { };

        public long Step { get; private set; }

        public long TotalSteps => Steps;

        public int BatchSize => 8;

        public void Save(string path) => File.WriteAllText(path, $"{Step}");

        public void Resume(string path) => Step = long.Parse(File.ReadAllText(path));

        public void Run(Action<TrainingProgress> afterStep, CancellationToken cancellation)
        {
            var first = Step;
            while (Step < Steps && !cancellation.IsCancellationRequested)
            {
                if (Step + 1 == WrongAt) throw new TrainingException($"The loss of step {WrongAt} is NaN.");
                Step++;
                After(Step);
                var done = Step - first;
                afterStep(new(Step, Steps, Step, 1.0 / Step, 0.1, done * BatchSize, done * TimeSpan.FromSeconds(0.5), new Dictionary<string, double>()));
            }
        }

        public void Export(string path, string origin) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }

    private sealed class NoImages : IImageDataset
    {
        public static NoImages Instance { get; } = new();

        public string Name => "none";

        public int Count => 0;

        public IReadOnlyList<string> ClassNames => [];

        public int? LabelOf(int index) => null;

        public string IdOf(int index) => "";

        public Decoded Read(int index, ResizeRule? shrinkTo = null) => throw new NotSupportedException();

        public byte[] ReadEncoded(int index) => throw new NotSupportedException();
    }
}
