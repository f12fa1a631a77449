using MoodStream.Streaming.Hosting;
using MoodStream.Trainer;

var builder = WebApplication.CreateBuilder(args);
builder.AddTrainer();

var app = builder.Build();
app.MapTrainer();

await app.RunServiceAsync();
