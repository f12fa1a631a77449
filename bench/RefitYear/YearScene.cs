using static TorchSharp.torch;

namespace MoodStream.Bench.RefitYear;

/// <summary>
/// A camera's year as features of length D: normal draws around a mean that a season moves and whose noise grows as the
/// camera ages; a lamp that fails and is replaced by another kind; foreign objects. All distances are in standard deviations
/// of the first day's images.
/// </summary>
/// <param name="seed">Seed of the camera and of all images.</param>
internal sealed class YearScene(int seed) : IDisposable
{
    /// <summary>Number of features D.</summary>
    public const int Dimension = 64;

    /// <summary>Days of the year that is simulated, 52 weeks.</summary>
    public const int Days = 364;

    /// <summary>Day on which the lamp fails.</summary>
    public const int LampFails = 199;

    /// <summary>Day from which another kind of lamp is in its place.</summary>
    public const int LampReplaced = 201;

    private const double MeanLength = 10;
    private const double ScaleDecay = 1.5;
    private const double SeasonAmplitude = 1.4;
    private const double Ageing = 0.1;
    private const double DarkShift = 6;
    private const double NewLampShift = 1.2;
    private const double ForeignDistance = 10;
    private const double PoisonNoise = 0.5;

    private readonly Generator _generator = new((ulong)seed);
    private Camera? _camera;

    private Camera TheCamera => _camera ??= new Camera(_generator);

    /// <summary>In-distribution images of a day, shape [N, D]. The caller disposes them.</summary>
    public Tensor InDistribution(int day, int images)
    {
        using var scope = NewDisposeScope();
        return TheCamera.Features(Light(day) + Noise(images) * (1 + Ageing * day / Days)).MoveToOuterDisposeScope();
    }

    /// <summary>Images under the lamp that fails, shape [N, D]. The caller disposes them.</summary>
    public Tensor Dark(int day, int images)
    {
        using var scope = NewDisposeScope();
        return TheCamera.Features(Light(day) + TheCamera.Dark * DarkShift + Noise(images)).MoveToOuterDisposeScope();
    }

    /// <summary>Foreign objects, no two alike, shape [N, D]. The caller disposes them.</summary>
    public Tensor Foreign(int day, int images)
    {
        using var scope = NewDisposeScope();
        var objects = nn.functional.normalize(Noise(images), p: 2, dim: 1) * ForeignDistance;
        return TheCamera.Features(Light(day) + objects + Noise(images)).MoveToOuterDisposeScope();
    }

    /// <summary>One foreign object again and again, shape [N, D]. The caller disposes them.</summary>
    public Tensor Poison(int day, int images)
    {
        using var scope = NewDisposeScope();
        var one = TheCamera.Poison * ForeignDistance;
        return TheCamera.Features(Light(day) + one + Noise(images) * PoisonNoise).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        _camera?.Dispose();
        _generator.Dispose();
    }

    private Tensor Light(int day)
    {
        var season = SeasonAmplitude * Math.Sin(2 * Math.PI * day / Days);
        var lamp = day >= LampReplaced ? NewLampShift : 0;
        return TheCamera.Season * season + TheCamera.NewLamp * lamp;             // [1, D]
    }

    private Tensor Noise(int images) => randn(images, Dimension, ScalarType.Float64, generator: _generator);

    /// <summary>What a seed decides once: the mean, the covariance, and the direction of everything that happens.</summary>
    private sealed class Camera : IDisposable
    {
        private readonly Tensor _mean;       // [1, D]
        private readonly Tensor _mix;        // [D, D]
        private readonly Tensor _directions; // [4, D], of length 1

        public Camera(Generator generator)
        {
            using var scope = NewDisposeScope();
            Tensor Normal(long rows) => randn(rows, Dimension, ScalarType.Float64, generator: generator);
            var (rotation, _) = linalg.qr(Normal(Dimension));
            var scales = linspace(0, -ScaleDecay, Dimension, ScalarType.Float64).exp();      // [D]
            _mix = (scales.unsqueeze(1) * rotation).DetachFromDisposeScope();
            _mean = (nn.functional.normalize(Normal(1), p: 2, dim: 1) * MeanLength).DetachFromDisposeScope();
            _directions = nn.functional.normalize(Normal(4), p: 2, dim: 1).DetachFromDisposeScope();
        }

        public Tensor Season => _directions.narrow(0, 0, 1);

        public Tensor Dark => _directions.narrow(0, 1, 1);

        public Tensor NewLamp => _directions.narrow(0, 2, 1);

        public Tensor Poison => _directions.narrow(0, 3, 1);

        /// <summary>Features of whitened draws, shape [N, D].</summary>
        public Tensor Features(Tensor whitened) => whitened.matmul(_mix) + _mean;

        public void Dispose()
        {
            _mean.Dispose();
            _mix.Dispose();
            _directions.Dispose();
        }
    }
}
