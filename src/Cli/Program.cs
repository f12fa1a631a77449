using TorchSharp;

Console.WriteLine(torch.rand(2, 2).sum(dim: 0).ToString(TensorStringStyle.Numpy));
