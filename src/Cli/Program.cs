using MoodStream.Cli;

return await MoodCommand.RunAsync(args);
