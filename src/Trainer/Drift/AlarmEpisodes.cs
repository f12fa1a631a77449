using System.Globalization;
using MoodStream.Contracts;

namespace MoodStream.Trainer.Drift;

/// <summary>Episodes that alarms begin.</summary>
internal static class AlarmEpisodes
{
    extension(DriftEpisode)
    {
        /// <summary>The episode that an alarm begins.</summary>
        /// <param name="drift">The alarm.</param>
        /// <param name="trainer">The trainer that raised it; two may do so at the same instant.</param>
        /// <param name="now">When, UTC.</param>
        public static DriftEpisode Of(SourceDrift drift, string trainer, DateTimeOffset now) => new()
        {
            EpisodeId = string.Create(CultureInfo.InvariantCulture, $"{drift.Gate}-drift-{drift.Source}-{now.ToUnixTimeMilliseconds()}-{trainer}"),
            Source = drift.Source, StatisticsVersion = drift.StatisticsVersion, State = DriftEpisodeState.Drifting, Test = drift.Alarm.Test,
            Value = drift.Alarm.Value, Limit = drift.Alarm.Limit, Images = drift.Alarm.Images, BeganAt = now,
        };
    }
}
