using MoodStream.Cli.Terminal;

return await MoodCommand.RunAsync(args);
