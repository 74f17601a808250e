// What samples/Echo is measured against at its start: a server that answers, and nothing else.
var app = WebApplication.CreateSlimBuilder(args).Build();
app.MapGet("/", () => "hello");
app.Run();
