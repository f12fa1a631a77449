namespace MoodStream.Cli.LineCamera;

/// <summary>One picture of the simulated line camera, with its truth.</summary>
/// <param name="Jpeg">The encoded picture.</param>
/// <param name="Truth">What is wrong with it; null for a sound part, well photographed.</param>
/// <param name="Serial">Number of the frame, counted from 0.</param>
internal sealed record CameraFrame(byte[] Jpeg, Defect? Truth, int Serial);
