using MoodStream.Scorer;
using MoodStream.Streaming.Hosting;

var builder = WebApplication.CreateBuilder(args);
builder.AddScorer();

var app = builder.Build();
app.MapServiceEndpoints();

await app.RunServiceAsync();
